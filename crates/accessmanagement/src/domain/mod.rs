//! What follows from registers and delegations. Nothing here reads or writes.

pub mod catalogue;
pub mod connection;
pub mod delegation;
pub mod rights;
