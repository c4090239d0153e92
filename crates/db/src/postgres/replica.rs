//! Reads that may be a little old, from a streaming replica.
//!
//! The primary's place in its log is noted twice a second. What the replica has replayed tells which of these moments it
//! shows at least; so its age is known by our clock alone, and nothing is written for it.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::Postgres;
use crate::{Result, Row, Sql, Value};

const EVERY: Duration = Duration::from_millis(500);

static WRITTEN: Sql =
    Sql::new("db.wal_written", "SELECT CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS bigint)");
/// A replica that was promoted goes its own way and is no replica any more.
static REPLAYED: Sql = Sql::new(
    "db.wal_replayed",
    "SELECT CASE WHEN pg_is_in_recovery() THEN CAST(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') AS bigint) END",
);

pub(super) struct Replica {
    server: Arc<Postgres>,
    opened: Instant,
    /// Milliseconds after `opened` until which the replica is known to be young enough.
    until: AtomicU64,
}

impl Replica {
    pub(super) fn new(server: Arc<Postgres>) -> Replica {
        Replica { server, opened: Instant::now(), until: AtomicU64::new(0) }
    }

    /// The rows, or nothing if the primary must be asked.
    pub(super) async fn query(&self, sql: &Sql, params: &[Value]) -> Option<Result<Vec<Row>>> {
        let young = self.opened.elapsed().as_millis() < u128::from(self.until.load(Ordering::Acquire));
        if !young {
            metrics::counter!("db_stale_reads", "from" => "primary").increment(1);
            return None;
        }
        let done = self.server.query(sql, params).await;
        if let Err(error) = &done
            && error.is_unavailable()
        {
            // Away until it is seen again.
            self.until.store(0, Ordering::Release);
            tracing::warn!(%error, "the replica does not answer; the primary is read");
            metrics::counter!("db_stale_reads", "from" => "primary").increment(1);
            return None;
        }
        metrics::counter!("db_stale_reads", "from" => "replica").increment(1);
        Some(done)
    }

    pub(super) fn close(&self) {
        self.server.close();
    }

    /// The moment that the replica shows at least, if it is one of `moments`; older ones are dropped.
    async fn shows(&self, moments: &mut VecDeque<(Instant, i64)>) -> Result<Option<Instant>> {
        let rows = self.server.query(&REPLAYED, &[]).await?;
        let replayed: Option<i64> = rows.first().map(|row| row.get(0)).transpose()?.flatten();
        let Some(replayed) = replayed else { return Ok(None) };
        let shown = moments.iter().take_while(|(_, written)| *written <= replayed).count();
        moments.drain(..shown.saturating_sub(1));
        Ok(moments.front().filter(|_| shown > 0).map(|(at, _)| *at))
    }
}

/// Watches the replica until the database goes away.
pub(super) fn watch(postgres: &Arc<Postgres>) {
    let weak = Arc::downgrade(postgres);
    tokio::spawn(async move {
        let mut moments = VecDeque::new();
        while look(&weak, &mut moments).await.is_some() {
            tokio::time::sleep(EVERY).await;
        }
    });
}

async fn look(weak: &Weak<Postgres>, moments: &mut VecDeque<(Instant, i64)>) -> Option<()> {
    let postgres = weak.upgrade()?;
    let replica = postgres.replica.as_ref()?;
    let now = Instant::now();
    let written = async { postgres.query(&WRITTEN, &[]).await?.first().map(|row| row.get(0)).transpose() };
    if let Ok(Some(written)) = written.await {
        moments.push_back((now, written));
    }
    let bound = postgres.options.replica_lag;
    while moments.front().is_some_and(|(at, _)| at.elapsed() > bound) {
        moments.pop_front();
    }
    match replica.shows(moments).await {
        Ok(Some(at)) => {
            let until = (at + bound).saturating_duration_since(replica.opened);
            replica.until.store(until.as_millis() as u64, Ordering::Release);
        }
        Ok(None) => {}
        Err(error) => tracing::debug!(%error, "the replica does not answer"),
    }
    Some(())
}
