//! The consuming side.

use crate::{Failure, Handler, Job, Outbox, Schedule, store};
use db::{Db, params};
use futures_util::future::join_all;
use jiff::Timestamp;
use kernel::{Clock, SystemClock};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// How long a claimed job is kept from others; a handler that takes longer may run twice.
const LEASE: Duration = Duration::from_mins(2);
/// Jobs claimed at a time.
const BATCH: i64 = 16;
/// Waits between looks at an idle queue. A publisher wakes us before its commit, so the first looks come close together.
const IDLE: [Duration; 6] = [
    Duration::from_millis(2),
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// Runs handlers and timers of one node.
#[derive(Clone)]
pub struct Runner {
    db: Db,
    outbox: Outbox,
    node: Uuid,
    handlers: Vec<Arc<dyn Handler>>,
    schedules: Vec<Schedule>,
}

/// Which waiting jobs count as ready.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// Those whose retry time has come.
    AsTold,
    /// All that are due, so that a test need not wait.
    None,
}

impl Runner {
    /// `node` names this process in leases.
    pub fn new(
        db: Db,
        outbox: Outbox,
        node: Uuid,
        handlers: Vec<Arc<dyn Handler>>,
        schedules: Vec<Schedule>,
    ) -> Self {
        outbox.subscribe(&handlers);
        Self { db, outbox, node, handlers, schedules }
    }

    /// Runs until `stop` turns true, then returns when the jobs under way are finished.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let queues = self.handlers.iter().map(|handler| self.serve_queue(handler.clone(), stop.clone()));
        let timers = self.schedules.iter().map(|schedule| self.serve_timer(schedule.clone(), stop.clone()));
        tokio::join!(join_all(queues), join_all(timers));
    }

    /// Runs every due job until none is left, without waiting between retries; dead ones stay. Answers how many ran.
    pub async fn drain(&self) -> db::Result<usize> {
        let mut ran = 0;
        loop {
            let before = ran;
            for handler in &self.handlers {
                ran += self.round(handler, Patience::None).await?;
            }
            if ran == before {
                return Ok(ran);
            }
        }
    }

    async fn serve_queue(&self, handler: Arc<dyn Handler>, mut stop: watch::Receiver<bool>) {
        let mut idle = 0;
        while !*stop.borrow() {
            match self.round(&handler, Patience::AsTold).await {
                Ok(0) => {}
                Ok(_) => {
                    idle = 0;
                    continue;
                }
                Err(e) => tracing::warn!(queue = handler.queue(), error = %e, "cannot look for jobs"),
            }
            tokio::select! {
                () = tokio::time::sleep(IDLE[idle]) => idle = (idle + 1).min(IDLE.len() - 1),
                () = self.outbox.woken() => idle = 0,
                _ = stop.changed() => {}
            }
        }
    }

    async fn serve_timer(&self, schedule: Schedule, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(e) = self.timer_round(&schedule).await {
                tracing::warn!(timer = schedule.name, error = %e, "timer failed");
            }
            tokio::select! {
                () = tokio::time::sleep(schedule.every.min(Duration::from_secs(30))) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn timer_round(&self, schedule: &Schedule) -> Result<(), Failure> {
        let now = SystemClock.now();
        let next = later(now, schedule.every);
        let mut tx = self.db.begin("schedule.claim").await?;
        tx.execute(&store::TIMER_NEW, &params![schedule.name, now]).await?;
        let mine = tx.execute(&store::TIMER_CLAIM, &params![schedule.name, now, next]).await?;
        tx.commit().await?;
        if mine == 1 { schedule.task.run().await } else { Ok(()) }
    }

    /// Claims and runs one batch; answers how many jobs it held.
    async fn round(&self, handler: &Arc<dyn Handler>, patience: Patience) -> db::Result<usize> {
        let wall = SystemClock.now();
        let retry_before = if patience == Patience::None { Timestamp::MAX } else { wall };
        let retry_before = retry_before.min(later(wall, Duration::from_hours(24 * 365)));
        let due = self.outbox.business_now();
        let queue = handler.queue();
        if self.db.query(&store::READY, &params![queue, due, retry_before, wall]).await?.is_empty() {
            return Ok(0);
        }
        let mut tx = self.db.begin("outbox.claim").await?;
        let claim = params![queue, due, retry_before, wall, later(wall, LEASE), self.node, BATCH];
        let rows = tx.query(&store::CLAIM, &claim).await?;
        tx.commit().await?;
        let mut jobs = Vec::with_capacity(rows.len());
        for row in &rows {
            let attempt = u32::try_from(row.get::<i64>(4)?).unwrap_or(u32::MAX);
            let job =
                Job { id: row.get(0)?, topic: row.get(1)?, key: row.get(2)?, payload: row.get(3)?, attempt };
            jobs.push((row.get::<i64>(5)?, job));
        }
        jobs.sort_by_key(|(position, _)| *position);
        join_all(jobs.iter().map(|(_, job)| self.run_one(handler, job)))
            .await
            .into_iter()
            .collect::<db::Result<()>>()?;
        Ok(jobs.len())
    }

    async fn run_one(&self, handler: &Arc<dyn Handler>, job: &Job) -> db::Result<()> {
        let outcome = handler.handle(job).await;
        let queue = handler.queue();
        metrics::counter!("jobs_total", "queue" => queue, "ok" => outcome.is_ok().to_string()).increment(1);
        let mut tx = self.db.begin("outbox.finish").await?;
        match outcome {
            Ok(()) => tx.execute(&store::DONE, &params![job.id, self.node]).await?,
            Err(failure) => {
                let wait = match &failure {
                    Failure::Dead(_) => None,
                    Failure::Retry(_) => handler.ladder().get(job.attempt as usize - 1),
                };
                tracing::warn!(queue, job = %job.id, attempt = job.attempt, dead = wait.is_none(), error = %failure, "job failed");
                let retry_at = later(SystemClock.now(), wait.copied().unwrap_or_default());
                let row = params![job.id, self.node, retry_at, wait.is_none(), failure.to_string()];
                tx.execute(&store::FAILED, &row).await?
            }
        };
        tx.commit().await
    }
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}
