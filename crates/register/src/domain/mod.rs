//! Rules of the register; no I/O.

pub mod identity;
pub mod names;
pub mod role_types;
pub mod unit_types;
pub mod validate;
