//! Builds every block with the ports it needs, and gathers what they contribute.

use crate::{BusinessClock, health, sandbox};
use async_trait::async_trait;
use httpkit::{App, AppError, Ctx, Module};
use ports::authentication::Sessions;
use std::sync::Arc;

/// What the binary itself holds on to, beside the blocks' context.
#[derive(Clone)]
pub struct Surroundings {
    /// The blocks' context.
    pub ctx: Ctx,
    /// The movable clock behind `ctx.clock`.
    pub clock: Arc<BusinessClock>,
    /// Metrics, where this process collects them.
    pub metrics: Option<telemetry::Metrics>,
}

/// All blocks, put together.
pub struct Composition {
    /// Every block's contribution.
    pub modules: Vec<Module>,
    /// Answers whether a portal session is open.
    pub sessions: Arc<dyn Sessions>,
}

impl Composition {
    /// Builds the blocks in the order of their dependencies.
    pub fn new(surroundings: &Surroundings) -> Self {
        let own = Module {
            name: "allting",
            routes: health::routes(surroundings).into_iter().chain(sandbox::routes(surroundings)).collect(),
            jobs: vec![],
            schedules: vec![],
            migrations: db::MigrationSet::none("allting"),
            statements: vec![jobs::STATEMENTS],
        };
        Self { modules: vec![own], sessions: Arc::new(NoSessions) }
    }

    /// Tables of all blocks, the outbox first.
    pub fn migrations(&self) -> Vec<db::MigrationSet> {
        std::iter::once(jobs::migrations())
            .chain(self.modules.iter().map(|module| module.migrations))
            .collect()
    }

    /// The server and the runner of its jobs.
    pub fn finish(self, ctx: &Ctx, public_url: &str) -> Result<(App, jobs::Runner), AppError> {
        let (mut routes, mut handlers, mut schedules) = (vec![], vec![], vec![]);
        for module in self.modules {
            routes.extend(module.routes);
            handlers.extend(module.jobs);
            schedules.extend(module.schedules);
        }
        let runner =
            jobs::Runner::new(ctx.db.clone(), ctx.outbox.clone(), ctx.ids.uuid(), handlers, schedules);
        Ok((App::new(ctx.clone(), public_url, routes, self.sessions)?, runner))
    }
}

struct NoSessions;

#[async_trait]
impl Sessions for NoSessions {
    async fn alive(&self, _: &str) -> ports::Result<bool> {
        Ok(false)
    }
}
