//! Named timers.

use crate::Failure;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// Work that a timer starts.
#[async_trait]
pub trait Task: Send + Sync {
    /// Does the work. A failure is logged; the next run comes in its time.
    async fn run(&self) -> Result<(), Failure>;
}

/// A timer that one node of all runs.
#[derive(Clone)]
pub struct Schedule {
    /// Unique name.
    pub name: &'static str,
    /// Time between runs, by the machine's clock.
    pub every: Duration,
    /// What it runs.
    pub task: Arc<dyn Task>,
}
