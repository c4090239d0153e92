//! Shapes on the wire, and what they are made from.

pub mod authorized_party;
pub mod connection;
pub mod meta;
pub mod problem;
pub mod query;
