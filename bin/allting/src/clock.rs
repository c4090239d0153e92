//! Business time: the machine's clock plus an offset that the sandbox may move and that the database keeps.

use db::Db;
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, SystemClock};
use std::sync::atomic::{AtomicI64, Ordering};

/// Where the database keeps the offset, in microseconds.
const KEY: &str = "clock.offset";

/// The clock that blocks are given.
#[derive(Debug, Default)]
pub struct BusinessClock {
    offset: AtomicI64,
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
        let kept = db.meta_get(KEY).await?.and_then(|text| text.parse().ok());
        self.offset.store(kept.unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }

    /// Makes it `to` now; kept in the database before it takes effect.
    pub async fn set(&self, db: &Db, to: Timestamp) -> db::Result<()> {
        let offset = to.as_microsecond() - SystemClock.now().as_microsecond();
        db.meta_set(KEY, &offset.to_string()).await?;
        self.offset.store(offset, Ordering::Relaxed);
        Ok(())
    }
}
