#![doc = include_str!("../README.md")]

mod outbox;
mod runner;
mod store;
#[cfg(test)]
mod tests;
mod timer;

pub use outbox::{Message, Outbox};
pub use runner::Runner;
pub use store::STATEMENTS;
pub use timer::{Schedule, Task};

use async_trait::async_trait;
use std::time::Duration;
use telemetry::trace::Trace;
use uuid::Uuid;

/// The crate's tables.
pub fn migrations() -> db::MigrationSet {
    db::migrations!("jobs", ["0001_outbox", "0002_trace"])
}

/// A message as its handler gets it.
#[derive(Debug, Clone)]
pub struct Job {
    /// Stays the same over retries: the idempotency key of what the handler does.
    pub id: Uuid,
    /// What it is about.
    pub topic: String,
    /// Orders messages of one subject.
    pub key: String,
    /// What the publisher said.
    pub payload: serde_json::Value,
    /// 1 at the first try; a try whose worker vanished counts.
    pub attempt: u32,
    /// Where it was put, if that was part of a trace.
    pub(crate) trace: Option<Trace>,
}

impl Job {
    /// The payload as `T`; a payload that does not fit can never be handled, so it dies at once.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_value(self.payload.clone())
            .map_err(|e| Failure::Dead(format!("payload of {}: {e}", self.topic)))
    }
}

/// Why a job did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// May succeed later; the handler's ladder says when.
    #[error("{0}")]
    Retry(String),
    /// Will never succeed.
    #[error("{0}")]
    Dead(String),
}

impl From<db::Error> for Failure {
    fn from(e: db::Error) -> Self {
        Self::Retry(e.to_string())
    }
}

/// Consumer of one queue.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Name of its queue, unique in the server.
    fn queue(&self) -> &'static str;
    /// Topics that it subscribes to.
    fn topics(&self) -> &'static [&'static str];
    /// Waits before the second, third … try; after the last the job is dead.
    fn ladder(&self) -> &'static [Duration] {
        &LADDER
    }
    /// Does the work, once or more. Dropped when it takes longer than a lease allows, which counts as a failed try.
    async fn handle(&self, job: &Job) -> Result<(), Failure>;
}

/// The ladder of handlers that name none: about a day in all.
const LADDER: [Duration; 8] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_hours(1),
    Duration::from_hours(6),
    Duration::from_hours(18),
];
