//! Named timers, each run by one node of all.

use crate::runner::{Runner, later, new_trace, stopped};
use crate::{Failure, store};
use async_trait::async_trait;
use audit::Actor;
use db::params;
use futures_util::FutureExt;
use jiff::Timestamp;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use telemetry::span::{self, Kind};
use tokio::sync::watch;

/// Longest wait between two looks at a timer.
const LOOK: Duration = Duration::from_secs(30);

/// Work that a timer starts.
#[async_trait]
pub trait Task: Send + Sync {
    /// Does the work. A failure is logged; the next run comes in its time. A run that takes longer than the timer's
    /// period may overlap with the next one, on another node.
    async fn run(&self) -> Result<(), Failure>;
}

/// A timer that one node of all runs; for the first time when it is new to the database.
#[derive(Clone)]
pub struct Schedule {
    /// Unique name.
    pub name: &'static str,
    /// Time between runs, by the machine's clock.
    pub every: Duration,
    /// What it runs.
    pub task: Arc<dyn Task>,
}

pub(crate) async fn serve(runner: Runner, schedule: Schedule, stop: watch::Receiver<bool>) {
    let stopped = stopped(stop);
    tokio::pin!(stopped);
    loop {
        match take(&runner, &schedule).await {
            Ok(true) => run(&runner, &schedule).await,
            Ok(false) => {}
            Err(e) => tracing::warn!(timer = schedule.name, error = %e, "cannot look at a timer"),
        }
        tokio::select! {
            () = &mut stopped => return,
            () = tokio::time::sleep(schedule.every.min(LOOK)) => {}
        }
    }
}

/// True when the timer is due and this call is the one that has moved it on.
pub(crate) async fn take(runner: &Runner, schedule: &Schedule) -> db::Result<bool> {
    let now = runner.wall.now();
    let known = runner.db.query_opt(&store::TIMER_NEXT, &params![schedule.name]).await?;
    let next: Option<Timestamp> = known.map(|row| row.get(0)).transpose()?;
    if next.is_some_and(|next| next > now) {
        return Ok(false);
    }
    let moved = db::write_tx!(runner.db, "schedule.claim", |tx| {
        tx.execute(&store::TIMER_NEW, &params![schedule.name, now]).await?;
        tx.execute(&store::TIMER_CLAIM, &params![schedule.name, now, later(now, schedule.every)]).await
    })?;
    Ok(moved == 1)
}

/// Runs the task and writes down what came of it.
pub(crate) async fn run(runner: &Runner, schedule: &Schedule) {
    let begun = runner.wall.now();
    let work = audit::within(Actor::platform(schedule.name), schedule.task.run());
    let work = async {
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(outcome) => outcome.map_err(|e| e.to_string()),
            Err(_) => Err("the task panicked".to_owned()),
        }
    };
    let outcome = span::run(Kind::Internal, schedule.name, new_trace(), work, span::outcome).await;
    if let Err(error) = &outcome {
        tracing::warn!(timer = schedule.name, error, "timer failed");
    }
    metrics::counter!("timers_total", "timer" => schedule.name, "ok" => outcome.is_ok().to_string())
        .increment(1);
    let row = params![schedule.name, begun, runner.node, outcome.err()];
    let written =
        db::write_tx!(runner.db, "schedule.ran", |tx| { tx.execute(&store::TIMER_RAN, &row).await });
    if let Err(e) = written {
        tracing::warn!(timer = schedule.name, error = %e, "cannot write down a timer's run");
    }
}
