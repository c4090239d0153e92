//! One operation, one file.

pub mod discovery;
pub mod explain_token;
pub mod jwk;
pub mod token;
