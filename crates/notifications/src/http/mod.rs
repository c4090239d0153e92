//! One file an operation.

pub mod captured;
