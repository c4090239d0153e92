//! Timers.

use crate::store::decisions::purge;
use ::jobs::{Failure, Schedule, Task};
use async_trait::async_trait;
use httpkit::Ctx;
use jiff::SignedDuration;
use kernel::Clock;
use std::sync::Arc;
use std::time::Duration;

/// How long a decision is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Removes decisions that are older than they are to be kept.
pub fn retention(ctx: &Ctx) -> Schedule {
    let task = Retention { db: ctx.db.clone(), clock: ctx.clock.clone() };
    Schedule { name: "authorization.retention", every: Duration::from_hours(1), task: Arc::new(task) }
}

struct Retention {
    db: db::Db,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Task for Retention {
    async fn run(&self) -> Result<(), Failure> {
        let Ok(before) = self.clock.now().checked_sub(KEPT) else { return Ok(()) };
        let removed = db::write_tx!(self.db, "az.retention", |tx| { purge(tx, before).await });
        match removed {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::Retry(error.to_string())),
        }
    }
}
