//! The consuming side.

use crate::{Failure, Handler, Job, Outbox, Schedule, figures, store, timer};
use audit::Actor;
use db::{Db, Row, Tx, params};
use futures_util::FutureExt;
use futures_util::future::join_all;
use jiff::Timestamp;
use kernel::{Clock, Ids, RandomIds, SystemClock};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use telemetry::span::{self, Kind, Told, Value};
use telemetry::trace::Trace;
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

/// How long a claimed job is kept from others, where nobody says otherwise.
pub(crate) const LEASE: Duration = Duration::from_mins(2);
/// How much less than the lease a handler may take, so that a job runs on one node at a time as long as clocks agree within
/// this time.
const SPARE: Duration = Duration::from_secs(10);
/// Jobs of one queue under way at a time. A slow one holds its own place only.
const WINDOW: usize = 16;
/// Waits between looks at an idle queue. A publisher wakes us before its commit, so the first looks come close together.
const IDLE: [Duration; 6] = [
    Duration::from_millis(2),
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(5),
];
/// Longest error text kept with a message.
const ERROR_CHARS: usize = 1000;

/// Runs handlers and timers of one node.
#[derive(Clone)]
pub struct Runner {
    pub(crate) db: Db,
    pub(crate) outbox: Outbox,
    pub(crate) node: Uuid,
    /// The machine's clock, by which leases and retries go.
    pub(crate) wall: Arc<dyn Clock>,
    pub(crate) handlers: Vec<Arc<dyn Handler>>,
    schedules: Vec<Schedule>,
    pub(crate) lease: Duration,
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
        Self { db, outbox, node, wall: Arc::new(SystemClock), handlers, schedules, lease: LEASE }
    }

    /// With leases of another length; handlers may take ten seconds less.
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// Runs until `stop` turns true or its sender is gone, then returns when the jobs under way are finished.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        for handler in self.handlers.clone() {
            tasks.spawn(self.clone().serve_queue(handler, stop.clone()));
        }
        for schedule in self.schedules.clone() {
            tasks.spawn(timer::serve(self.clone(), schedule, stop.clone()));
        }
        tasks.spawn(self.clone().count(stop));
        tasks.join_all().await;
    }

    /// Runs every due job until none is left, without waiting between retries; dead ones stay. Answers how many ran.
    pub async fn drain(&self) -> db::Result<usize> {
        let mut ran = 0;
        loop {
            let before = ran;
            for handler in &self.handlers {
                // No rung of a ladder is longer.
                let patience = later(self.wall.now(), Duration::from_hours(24 * 366));
                let jobs = self.claim(handler.queue(), patience, WINDOW).await?;
                ran += jobs.len();
                let finished = join_all(jobs.into_iter().map(|job| self.work(handler.as_ref(), job))).await;
                finished.into_iter().collect::<db::Result<()>>()?;
            }
            if ran == before {
                return Ok(ran);
            }
        }
    }

    async fn serve_queue(self, handler: Arc<dyn Handler>, stop: watch::Receiver<bool>) {
        let queue = handler.queue();
        let mut under_way = JoinSet::new();
        let mut idle = 0;
        let stopped = stopped(stop);
        tokio::pin!(stopped);
        loop {
            // Before the look: what is put during it wakes us.
            let woken = self.outbox.woken();
            while under_way.try_join_next().is_some() {}
            let room = WINDOW - under_way.len();
            let claimed = if room == 0 { Ok(vec![]) } else { self.claim(queue, self.wall.now(), room).await };
            match claimed {
                Ok(jobs) => {
                    if !jobs.is_empty() {
                        idle = 0;
                    }
                    for job in jobs {
                        under_way.spawn(self.clone().work_and_tell(handler.clone(), job));
                    }
                }
                Err(e) => tracing::warn!(queue, error = %e, "cannot look for jobs"),
            }
            tokio::select! {
                biased;
                () = &mut stopped => break,
                Some(_) = under_way.join_next() => idle = 0,
                () = woken => idle = 0,
                () = tokio::time::sleep(IDLE[idle]) => idle = (idle + 1).min(IDLE.len() - 1),
            }
        }
        under_way.join_all().await;
    }

    /// Leases at most `room` ready jobs whose retry time has come by `retry_before`.
    pub(crate) async fn claim(
        &self,
        queue: &'static str,
        retry_before: Timestamp,
        room: usize,
    ) -> db::Result<Vec<Job>> {
        let wall = self.wall.now();
        let due = self.outbox.business_now();
        if self.db.query(&store::READY, &params![queue, due, retry_before, wall]).await?.is_empty() {
            return Ok(vec![]);
        }
        let rows = db::write_tx!(self.db, "outbox.claim", |tx| {
            self.lease(tx, queue, (due, retry_before, wall), room).await
        })?;
        let job = |row: &Row| {
            let waited = figures::waited((wall, due), (row.get(5)?, row.get(6)?));
            metrics::histogram!("jobs_wait_seconds", "queue" => queue).record(waited.as_secs_f64());
            let attempt = u32::try_from(row.get::<i64>(4)?).unwrap_or(u32::MAX);
            let trace = row.get::<Option<String>>(7)?.and_then(|text| Trace::parse(&text));
            Ok(Job {
                id: row.get(0)?,
                topic: row.get(1)?,
                key: row.get(2)?,
                payload: row.get(3)?,
                attempt,
                trace,
                node: self.node,
                done: Arc::default(),
            })
        };
        rows.iter().map(job).collect()
    }

    /// The claim's own statements. `times` are business time, the latest retry time and the machine's time.
    pub(crate) async fn lease(
        &self,
        tx: &mut Tx,
        queue: &'static str,
        times: (Timestamp, Timestamp, Timestamp),
        room: usize,
    ) -> db::Result<Vec<Row>> {
        if tx.query(&store::LOCK_QUEUE, &params![queue]).await?.is_empty() {
            tx.execute(&store::NEW_QUEUE, &params![queue]).await?;
            tx.query(&store::LOCK_QUEUE, &params![queue]).await?;
        }
        let (due, retry_before, wall) = times;
        let claim = params![queue, due, retry_before, wall, room, later(wall, self.lease), self.node];
        tx.query(&store::CLAIM, &claim).await
    }

    async fn work_and_tell(self, handler: Arc<dyn Handler>, job: Job) {
        let id = job.id;
        if let Err(e) = self.work(handler.as_ref(), job).await {
            tracing::warn!(queue = handler.queue(), job = %id, error = %e, "cannot finish a job; it will run again");
        }
    }

    /// Handles a claimed job and writes down the outcome, unless the lease has gone to somebody else in the meantime.
    pub(crate) async fn work(&self, handler: &dyn Handler, job: Job) -> db::Result<()> {
        let queue = handler.queue();
        let ladder = handler.ladder();
        let tries = ladder.len() + 1;
        let outcome = if job.attempt as usize > tries {
            // Its worker died each time, or worse: it killed its worker.
            Err(Failure::Dead(format!("started {tries} times and never finished")))
        } else {
            let begun = Instant::now();
            let outcome = self.guarded(handler, &job).await;
            metrics::histogram!("jobs_handle_seconds", "queue" => queue)
                .record(begun.elapsed().as_secs_f64());
            outcome
        };
        let wait = match &outcome {
            Err(Failure::Retry(_)) => ladder.get(job.attempt as usize - 1),
            _ => None,
        };
        metrics::counter!("jobs_total", "queue" => queue, "ok" => outcome.is_ok().to_string()).increment(1);
        let (id, attempt) = (job.id, i64::from(job.attempt));
        let Err(failure) = outcome else {
            if job.done.load(Ordering::Relaxed) {
                return Ok(());
            }
            db::write_tx!(self.db, "outbox.done", |tx| {
                tx.execute(&store::DONE, &params![id, self.node, attempt]).await
            })?;
            return Ok(());
        };
        tracing::warn!(queue, job = %id, attempt, dead = wait.is_none(), error = %failure, "job failed");
        let retry_at = later(self.wall.now(), wait.copied().unwrap_or_default());
        let text: String = failure.to_string().chars().take(ERROR_CHARS).collect();
        let row = params![id, self.node, attempt, retry_at, wait.is_none(), text];
        db::write_tx!(self.db, "outbox.failed", |tx| { tx.execute(&store::FAILED, &row).await })?;
        Ok(())
    }

    /// The handler's answer; a panic or too long a wait is a failure like others.
    async fn guarded(&self, handler: &dyn Handler, job: &Job) -> Result<(), Failure> {
        let limit = self.lease.saturating_sub(SPARE);
        let work = audit::within(Actor::platform(handler.queue()), handler.handle(job));
        let work = async {
            match tokio::time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Err(Failure::Retry("the handler panicked".into())),
                Err(_) => Err(Failure::Retry(format!("took longer than {} s", limit.as_secs_f64()))),
            }
        };
        let tell = |outcome: &Result<(), Failure>, told: &mut Told| {
            told.failed = outcome.is_err();
            told.attributes = vec![
                ("messaging.message.id", Value::Text(job.id.to_string().into())),
                ("allting.attempt", Value::Number(job.attempt.into())),
            ];
        };
        span::run(Kind::Consumer, handler.queue(), trace_of(job), work, tell).await
    }
}

/// A span of its own in the trace of whoever put the job, or in a new one.
fn trace_of(job: &Job) -> Trace {
    let fresh = new_trace();
    job.trace.map_or(fresh, |trace| trace.child(fresh))
}

pub(crate) fn new_trace() -> Trace {
    let mut random = [0; 24];
    RandomIds.fill(&mut random);
    Trace::new(random)
}

/// Ends when the server is to stop.
pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}
