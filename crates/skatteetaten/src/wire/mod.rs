//! Bodies as they are on the wire.

pub mod feil;
pub mod receipt;
