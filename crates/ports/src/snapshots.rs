//! Snapshots of the sandbox, for its API and its console.

use crate::Result;
use async_trait::async_trait;
use jiff::Timestamp;

/// Everything as it was, under a name.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// 1 to 40 small letters, digits and hyphens.
    pub name: String,
    /// When it was made, by the machine's clock.
    pub made_at: Timestamp,
    /// Its size.
    pub bytes: u64,
}

/// Keeps the whole sandbox and brings it back while the server runs.
#[async_trait]
pub trait Snapshots: Send + Sync {
    /// Those that are kept, by name.
    async fn list(&self) -> Result<Vec<Snapshot>>;
    /// Keeps everything under `name`, in the place of an earlier one; false when it is no name.
    async fn save(&self, name: &str) -> Result<bool>;
    /// Makes everything what it was; false when there is no such snapshot.
    async fn restore(&self, name: &str) -> Result<bool>;
    /// Throws one away; false when there is no such snapshot.
    async fn delete(&self, name: &str) -> Result<bool>;
}
