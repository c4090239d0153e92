//! Schemes, deliveries and the rules that judge them. No I/O.

pub mod delivery;
pub mod feedback;
pub mod scheme;
pub mod verdict;
