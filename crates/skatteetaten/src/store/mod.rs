//! SQL and rows.

pub mod document;
pub mod filing;
