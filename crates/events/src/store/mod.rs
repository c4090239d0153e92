//! SQL and rows.

pub mod event;
pub mod subscription;
