//! Rules of the portal login and the token exchange. No I/O.

pub mod exchange;
pub mod goto;
pub mod method;
pub mod session;
pub mod token;
