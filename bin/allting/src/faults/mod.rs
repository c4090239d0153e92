//! Faults on purpose: kept in the database, held in memory by every node.

mod http;
pub mod store;

pub use http::routes;

use async_trait::async_trait;
use db::{Db, Engine, Result};
use kernel::Clock;
use ports::faults::{Fault, Faults};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;

/// How often a node looks what others have set.
const LOOK: Duration = Duration::from_millis(200);
/// After this, every node that runs has looked.
const ALL_HAVE_LOOKED: Duration = Duration::from_millis(500);

/// The faults of this node.
pub struct Board {
    db: Db,
    clock: Arc<dyn Clock>,
    known: RwLock<Arc<[Fault]>>,
    /// Requests that each fault could have struck.
    draws: Mutex<HashMap<String, Arc<AtomicU64>>>,
    /// Held from the database to the memory: a look begun before a change must not end after it.
    turn: tokio::sync::Mutex<()>,
}

impl Board {
    pub fn new(db: &Db, clock: Arc<dyn Clock>) -> Self {
        Self {
            db: db.clone(),
            clock,
            known: RwLock::new(Arc::default()),
            draws: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Takes up what the database has.
    pub async fn load(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        let found: Arc<[Fault]> = store::all(&self.db).await?.into();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if **known != *found {
            *known = found;
        }
        Ok(())
    }

    /// Takes up what other nodes set, until `stopped`.
    pub async fn follow(self: Arc<Self>, mut stopped: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                // An error means that the sender is gone, which is a stop as well.
                _ = stopped.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            if let Err(error) = self.load().await {
                tracing::warn!(%error, "cannot read the faults");
            }
        }
    }

    async fn told_everyone(&self) -> Result<()> {
        self.load().await?;
        if self.db.engine() == Engine::Postgres {
            tokio::time::sleep(ALL_HAVE_LOOKED).await;
        }
        Ok(())
    }

    /// The next number of a fault: whether it strikes and by how much, the same for the same seed.
    fn draw(&self, fault: &Fault) -> u64 {
        let counter = {
            let mut draws = self.draws.lock().unwrap_or_else(PoisonError::into_inner);
            draws.entry(fault.name.clone()).or_default().clone()
        };
        scatter(fault.seed, counter.fetch_add(1, Ordering::Relaxed))
    }
}

/// SplitMix64: neighbouring numbers give unrelated ones.
fn scatter(seed: u64, count: u64) -> u64 {
    let mut x = seed.wrapping_add(count.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[async_trait]
impl Faults for Board {
    fn active(&self) -> Arc<[Fault]> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let now = self.clock.now();
        if known.iter().all(|fault| fault.until.is_none_or(|until| now < until)) {
            return known;
        }
        known.iter().filter(|fault| fault.until.is_none_or(|until| now < until)).cloned().collect()
    }

    async fn strikes(&self, fault: &Fault) -> Option<u64> {
        let draw = self.draw(fault);
        // The upper 32 bits as a fraction.
        let share = f64::from((draw >> 32) as u32) / f64::from(u32::MAX);
        if fault.probability < 1.0 && share >= fault.probability {
            return None;
        }
        if fault.times.is_some() {
            let left = match store::use_up(&self.db, &fault.name).await {
                Ok(left) => left,
                Err(error) => {
                    tracing::warn!(%error, "a fault cannot be counted");
                    return None;
                }
            };
            if left.is_none_or(|left| left == 0)
                && let Err(error) = self.load().await
            {
                tracing::warn!(%error, "cannot read the faults");
            }
            left?;
        }
        Some(draw)
    }

    async fn set(&self, fault: &Fault) -> Result<()> {
        store::set(&self.db, fault, self.clock.now()).await?;
        self.draws.lock().unwrap_or_else(PoisonError::into_inner).remove(&fault.name);
        self.told_everyone().await
    }

    async fn clear(&self, name: Option<&str>) -> Result<u64> {
        let gone = store::clear(&self.db, name, self.clock.now()).await?;
        self.told_everyone().await?;
        Ok(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_strikes_the_same_requests_about_as_often_as_asked() {
        let struck = |seed| (0..1000).filter(|n| scatter(seed, *n) >> 63 == 1).collect::<Vec<u64>>();
        assert_eq!(struck(7), struck(7));
        assert_ne!(struck(7), struck(8));
        assert!((400..600).contains(&struck(7).len()));
    }
}
