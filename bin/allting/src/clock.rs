//! Business time: the machine's clock plus an offset that the sandbox may move and that the database keeps.

use audit::{Action, Entry};
use db::Db;
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, SystemClock};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, watch};

/// Where the database keeps the offset, in microseconds.
const KEY: &str = "clock.offset";
/// How often a node looks whether another one has moved the clock.
const LOOK: Duration = Duration::from_millis(200);

/// The clock that blocks are given.
#[derive(Debug, Default)]
pub struct BusinessClock {
    offset: AtomicI64,
    /// Held from the database to the offset: a look begun before a move must not end after it.
    turn: Mutex<()>,
}

impl Clock for BusinessClock {
    fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_micros(self.offset.load(Ordering::Relaxed));
        SystemClock.now().checked_add(offset).unwrap_or(Timestamp::MAX)
    }
}

impl BusinessClock {
    /// Takes up the offset that the database keeps.
    pub async fn load(&self, db: &Db) -> db::Result<()> {
        let _turn = self.turn.lock().await;
        let kept = db.meta_get(KEY).await?.and_then(|text| text.parse().ok());
        self.offset.store(kept.unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }

    /// Makes it `to` now; kept in the database before it takes effect.
    pub async fn set(&self, db: &Db, to: Timestamp) -> db::Result<()> {
        let _turn = self.turn.lock().await;
        let offset = to.as_microsecond() - SystemClock.now().as_microsecond();
        let entry =
            Entry::new(Action::ClockMove, to, "clock", "business").detail(json!({ "to": to.to_string() }));
        db::write_tx!(db, "clock.move", |tx| {
            tx.meta_set(KEY, &offset.to_string()).await?;
            audit::put(tx, &entry).await
        })?;
        self.offset.store(offset, Ordering::Relaxed);
        Ok(())
    }

    /// Takes up what other nodes set, until `stopped`.
    pub async fn follow(self: Arc<Self>, db: Db, mut stopped: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                // An error means that the sender is gone, which is a stop as well.
                _ = stopped.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            if let Err(error) = self.load(&db).await {
                tracing::warn!(%error, "cannot read the business clock");
            }
        }
    }
}
