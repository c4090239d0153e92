//! Rules of the login: levels, requests, sessions, claims. No I/O.

pub mod acr;
pub mod authorize;
pub mod claims;
pub mod client;
pub mod eid;
pub mod hint;
pub mod session;
