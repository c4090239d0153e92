//! Rules of the registry, without I/O.

pub mod document;
pub mod fields;
pub mod policy;
pub mod rights;
pub mod seed;
pub mod validation;
