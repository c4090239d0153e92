//! Population over HTTP.

mod search_persons;
