//! The audit log and the log of look-ups of persons, for operators; and how long both are kept.

mod api;
mod query;
mod retention;
mod table;

pub use retention::schedule;

use httpkit::{Access, Ctx, Role, Route, Routes};
use ports::register::Register;
use std::sync::Arc;

/// What the handlers need.
#[derive(Clone)]
struct Log {
    ctx: Ctx,
    register: Arc<dyn Register>,
}

/// The operators' API.
pub fn routes(ctx: &Ctx, register: Arc<dyn Register>) -> Vec<Route> {
    Routes::new(Role::ALLTING, Log { ctx: ctx.clone(), register })
        .get("/allting/api/v1/operations/audit", Access::operator(), api::entries)
        .get("/allting/api/v1/operations/lookups", Access::operator(), api::lookups)
        .done()
}
