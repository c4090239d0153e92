//! Ordering and matching, delivery, and the handshake.

pub mod inbound;
pub mod outbound;
pub mod validate;
