#![doc = include_str!("../README.md")]

mod session;
mod systemuser;
mod tokengen;

use httpkit::{Ctx, Module, Route};
use ports::accessmanagement::AccessManagement;
use ports::authorization::Pdp;
use ports::idporten::UpstreamIdp;
use ports::register::Register;
use ports::resourceregistry::ResourceRegistry;
pub use session::PortalSessions;
use std::sync::Arc;
pub use systemuser::{Approvals, SystemUserPopulation, SystemUsers};

/// The blocks that this one asks.
#[derive(Clone)]
pub struct Deps {
    /// Who people and organisations are.
    pub register: Arc<dyn Register>,
    /// Which resources a system may ask for.
    pub resources: Arc<dyn ResourceRegistry>,
    /// Delegation checks and grants.
    pub access: Arc<dyn AccessManagement>,
    /// May this user act for that party.
    pub pdp: Arc<dyn Pdp>,
    /// Identity providers at which people log in, the preferred one first.
    pub upstreams: Vec<Arc<dyn UpstreamIdp>>,
}

/// What one half of the block contributes to the module.
#[derive(Default)]
struct Parts {
    routes: Vec<Route>,
    jobs: Vec<Arc<dyn jobs::Handler>>,
    schedules: Vec<jobs::Schedule>,
    statements: Vec<&'static [&'static db::Sql]>,
}

/// Routes, jobs, schedules and tables of the block.
pub fn module(ctx: &Ctx, deps: &Deps) -> Module {
    let mut all = Parts::default();
    for parts in [session::parts(ctx, deps), systemuser::parts(ctx, deps), tokengen::parts(ctx, deps)] {
        all.routes.extend(parts.routes);
        all.jobs.extend(parts.jobs);
        all.schedules.extend(parts.schedules);
        all.statements.extend(parts.statements);
    }
    Module {
        name: "authentication",
        routes: all.routes,
        jobs: all.jobs,
        schedules: all.schedules,
        migrations: db::migrations!(
            "authentication",
            ["0001_systemuser", "0002_session", "0003_common_log" + sqlite + pg, "0004_session_created"]
        ),
        statements: all.statements,
    }
}
