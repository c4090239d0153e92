//! Rules of the decision point, without I/O.

pub mod attributes;
pub mod facts;
pub mod multi;
pub mod why;
