//! Loading of population files: each block takes the members it owns.

use async_trait::async_trait;
use db::Tx;
use serde_json::Value;

/// Why a population file was refused. Nothing of it has been kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct ImportError {
    /// JSON pointer into the file.
    pub pointer: String,
    /// What is wrong, in plain words.
    pub reason: String,
}

/// What came of loading one member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// New rows.
    pub created: u64,
    /// Rows that were there and now differ.
    pub updated: u64,
    /// Rows that were there already, the same.
    pub unchanged: u64,
}

/// A failure of the load: bad input, or the database.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file is at fault.
    #[error(transparent)]
    Input(#[from] ImportError),
    /// The database is at fault; the load may be tried again.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// A block that owns members of the population format.
#[async_trait]
pub trait PopulationSink: Send + Sync {
    /// Members that this block loads (`persons`, `organisations` …), in the order in which they must be loaded.
    fn members(&self) -> &'static [&'static str];
    /// Loads one member's items; idempotent by natural key. `pointer` of an error is relative to the item: `/{index}/{field}`.
    async fn load(&self, tx: &mut Tx, member: &str, items: &[Value]) -> Result<Counts, LoadError>;
    /// The member's items as they now stand, ordered by natural key.
    async fn dump(&self, member: &str) -> Result<Vec<Value>, db::Error>;
}
