//! Events, filters and consumers. No I/O.

pub mod cloudevent;
pub mod consumer;
pub mod filter;
