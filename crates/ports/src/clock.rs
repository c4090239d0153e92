//! The business clock, for those who may move it.

use crate::Result;
use async_trait::async_trait;
use jiff::Timestamp;

/// A clock that the sandbox's console moves.
#[async_trait]
pub trait MovableClock: Send + Sync {
    /// Makes it `to` now, on every node.
    async fn move_to(&self, to: Timestamp) -> Result<()>;
}
