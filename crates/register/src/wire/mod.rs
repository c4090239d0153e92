//! DTOs as on the wire.

pub mod brreg;
pub mod v1;
pub mod v2;
