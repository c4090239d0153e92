//! One file an operation.

pub mod document;
pub mod submit;
