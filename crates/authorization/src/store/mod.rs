//! SQL of the decision point.

pub mod decisions;
