//! Housekeeping.

use crate::store::{grants, refusals};
use async_trait::async_trait;
use httpkit::Ctx;
use jiff::{Timestamp, ToSpan};

/// Forgets expired grants, old refusals and old entries of the token log.
pub struct Purge {
    ctx: Ctx,
}

impl Purge {
    /// On the database of `ctx`.
    pub fn new(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone() }
    }
}

const KEEP_REFUSALS_HOURS: i64 = 7 * 24;
const KEEP_TOKENS_HOURS: i64 = 90 * 24;

#[async_trait]
impl jobs::Task for Purge {
    async fn run(&self) -> Result<(), jobs::Failure> {
        let now = self.ctx.clock.now();
        let before = |hours: i64| now.checked_sub(hours.hours()).unwrap_or(Timestamp::MIN);
        db::write_tx!(self.ctx.db, "maskinporten.purge", |tx| {
            grants::purge(tx, now, before(KEEP_TOKENS_HOURS)).await?;
            refusals::purge(tx, before(KEEP_REFUSALS_HOURS)).await
        })?;
        Ok(())
    }
}
