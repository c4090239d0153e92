//! Takes away what is older than it is to be kept.

use async_trait::async_trait;
use httpkit::Ctx;
use jiff::SignedDuration;
use jobs::{Failure, Schedule, Task};
use kernel::{Clock, SystemClock};
use std::sync::Arc;
use std::time::Duration;

/// Looks once a day at what is too old.
pub fn schedule(ctx: &Ctx) -> Schedule {
    Schedule {
        name: "audit.retention",
        every: Duration::from_hours(24),
        task: Arc::new(Retention { ctx: ctx.clone() }),
    }
}

struct Retention {
    ctx: Ctx,
}

#[async_trait]
impl Task for Retention {
    async fn run(&self) -> Result<(), Failure> {
        let kept = &self.ctx.config.operations;
        // The machine's clock: moving the sandbox's takes nothing away.
        let before = |days: u32| {
            SystemClock
                .now()
                .checked_sub(SignedDuration::from_hours(24 * i64::from(days)))
                .unwrap_or_default()
        };
        let (entries, lookups) = (before(kept.audit_retention_days), before(kept.lookup_retention_days));
        let removed = audit::remove_before(&self.ctx.db, self.ctx.clock.now(), entries, lookups).await?;
        if removed != audit::Removed::default() {
            tracing::info!(
                entries = removed.entries,
                lookups = removed.lookups,
                "old audit rows were removed"
            );
        }
        Ok(())
    }
}
