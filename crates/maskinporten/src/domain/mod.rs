//! The rules of the grant and of the token. No I/O.

pub mod access;
pub mod client;
pub mod details;
pub mod grant;
pub mod refusal;
pub mod token;
