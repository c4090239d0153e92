#![doc = include_str!("../README.md")]

mod desk;
mod figures;
mod mask;
mod outbox;
mod runner;
mod store;
#[cfg(test)]
mod tests;
mod timer;

pub use desk::{Action, Desk, Entry, Node, Refused, State, Timer};
pub use figures::{DEGRADED_AFTER, Queue};
pub use outbox::{Message, Outbox};
pub use runner::Runner;
pub use store::STATEMENTS;
pub use timer::{Schedule, Task};

use async_trait::async_trait;
use db::{Tx, params};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use telemetry::trace::Trace;
use uuid::Uuid;

/// What was under way when the content of the database was replaced is under way no more: it runs again, and who still works
/// on it may not say how it ended.
pub const AFTER_RESTORE: &[&db::Sql] = &[&store::NOBODYS];

/// The crate's tables.
pub fn migrations() -> db::MigrationSet {
    db::migrations!("jobs", ["0001_outbox", "0002_trace", "0003_operations"])
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
    /// The node that holds the lease.
    node: Uuid,
    /// The handler has finished the job in a transaction of its own.
    done: Arc<AtomicBool>,
}

impl Job {
    /// Finishes the job in `tx`, the transaction of its work: both are kept, or neither. Without this call the job is finished
    /// after its handler, in a commit of its own. Fails when the lease has gone to another node, so that nothing of `tx` is kept.
    pub async fn done(&self, tx: &mut Tx) -> db::Result<()> {
        let lease = params![self.id, self.node, i64::from(self.attempt)];
        if tx.execute(&store::DONE, &lease).await? == 0 {
            return Err(db::Error::NoRow(store::DONE.name()));
        }
        self.done.store(true, Ordering::Relaxed);
        Ok(())
    }

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
    /// Does the work, once or more; once as far as the database goes, when it calls [`Job::done`] in the transaction of its work.
    /// Dropped when it takes longer than a lease allows, which counts as a failed try.
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
