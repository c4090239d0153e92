//! Outbox consumers.

pub mod send;
