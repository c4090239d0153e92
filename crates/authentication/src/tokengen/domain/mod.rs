//! Parameters and claims of generated tokens. No I/O.

pub mod claims;
pub mod people;
pub mod query;
