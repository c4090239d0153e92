//! How the queues are doing.

use crate::runner::{Runner, stopped};
use crate::{Outbox, store};
use db::{Db, params};
use jiff::Timestamp;
use serde::Serialize;
use std::time::Duration;
use tokio::sync::watch;

/// Time between two counts of the queues for the metrics.
const COUNT_EVERY: Duration = Duration::from_secs(15);
/// A queue whose next message has been ready for longer than this does not keep up.
pub const DEGRADED_AFTER: Duration = Duration::from_mins(1);

/// One queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Messages that are not handled yet, those under way among them.
    pub open: i64,
    /// Messages under way.
    pub leased: i64,
    /// Messages that nobody could handle.
    pub dead: i64,
    /// How long the message that is next could have been handled already.
    pub oldest_seconds: u64,
}

impl Queue {
    /// Somebody should look: a message is dead, or the queue does not keep up.
    pub fn is_degraded(&self) -> bool {
        self.dead > 0 || self.oldest_seconds > DEGRADED_AFTER.as_secs()
    }
}

/// How long a message could have been handled: since its retry time by the machine's clock and its due time by business time,
/// whichever came last. `now` and `since` are pairs of both.
pub(crate) fn waited(now: (Timestamp, Timestamp), since: (Timestamp, Timestamp)) -> Duration {
    let by_machine = Duration::try_from(now.0.duration_since(since.0)).unwrap_or_default();
    let by_business = Duration::try_from(now.1.duration_since(since.1)).unwrap_or_default();
    by_machine.min(by_business)
}

/// Every queue, whether it has messages or not.
pub(crate) async fn queues(db: &Db, outbox: &Outbox, wall: Timestamp) -> db::Result<Vec<Queue>> {
    let idle = |name: &str| Queue { name: name.to_owned(), open: 0, leased: 0, dead: 0, oldest_seconds: 0 };
    let mut queues: Vec<Queue> = outbox.queues().into_iter().map(idle).collect();
    for row in db.query(&store::DEPTH, &params![wall]).await? {
        let name: String = row.get(0)?;
        let queue = Queue { open: row.get(1)?, dead: row.get(2)?, leased: row.get(3)?, ..idle(&name) };
        match queues.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = queue,
            // Of a handler that this version no longer has.
            None => queues.push(queue),
        }
    }
    let business = outbox.business_now();
    for queue in queues.iter_mut().filter(|queue| queue.open > queue.leased) {
        let next = db.query_opt(&store::NEXT, &params![queue.name.as_str(), business, wall, wall]).await?;
        if let Some(row) = next {
            queue.oldest_seconds = waited((wall, business), (row.get(0)?, row.get(1)?)).as_secs();
        }
    }
    Ok(queues)
}

impl Runner {
    /// Keeps the gauges of every queue.
    pub(crate) async fn count(self, stop: watch::Receiver<bool>) {
        let stopped = stopped(stop);
        tokio::pin!(stopped);
        loop {
            match queues(&self.db, &self.outbox, self.wall.now()).await {
                Ok(queues) => queues.iter().for_each(gauge),
                Err(e) => tracing::warn!(error = %e, "cannot count jobs"),
            }
            tokio::select! {
                () = &mut stopped => return,
                () = tokio::time::sleep(COUNT_EVERY) => {}
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no queue has 2^52 messages")]
fn gauge(queue: &Queue) {
    let figures = [
        ("jobs_open", queue.open as f64),
        ("jobs_leased", queue.leased as f64),
        ("jobs_dead", queue.dead as f64),
        ("jobs_oldest_seconds", queue.oldest_seconds as f64),
    ];
    for (name, value) in figures {
        metrics::gauge!(name, "queue" => queue.name.clone()).set(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_from_the_later_of_its_two_times_on() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let waited = |now: (i64, i64), since: (i64, i64)| {
            super::waited((at(now.0), at(now.1)), (at(since.0), at(since.1))).as_secs()
        };
        assert_eq!(waited((100, 5000), (40, 4940)), 60);
        assert_eq!(waited((100, 5000), (40, 4990)), 10, "it was due later");
        assert_eq!(waited((100, 5000), (95, 10)), 5, "it has been tried before");
        assert_eq!(waited((100, 5000), (101, 5001)), 0);
    }
}
