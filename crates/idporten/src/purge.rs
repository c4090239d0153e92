//! Timer that deletes what has run out.

use crate::store;
use httpkit::Ctx;

/// Deletes expired requests, sessions, grants and tokens.
pub struct Purge {
    ctx: Ctx,
}

impl Purge {
    /// With the block's surroundings.
    pub fn new(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone() }
    }
}

#[async_trait::async_trait]
impl jobs::Task for Purge {
    async fn run(&self) -> Result<(), jobs::Failure> {
        let now = self.ctx.clock.now();
        db::write_tx!(self.ctx.db, "idporten.purge", |tx| { store::purge::run(tx, now).await })
            .map_err(|e| jobs::Failure::Retry(e.to_string()))
    }
}
