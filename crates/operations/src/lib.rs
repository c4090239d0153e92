#![doc = include_str!("../README.md")]

mod api;
mod details;
mod log;
mod pages;
mod texts;
mod visit;

use httpkit::{Access, Ctx, Module, Role, Routes};
use jobs::Desk;
use ports::authorization::Decisions;
use ports::pages::Frame;
use ports::register::Register;
use std::sync::Arc;

/// What the pages and the API stand on.
#[derive(Clone)]
struct Operations {
    ctx: Ctx,
    desk: Desk,
    register: Arc<dyn Register>,
    decisions: Arc<dyn Decisions>,
    frame: Arc<dyn Frame>,
    version: &'static str,
}

/// What others give.
pub struct Deps {
    /// Finds a party by its number.
    pub register: Arc<dyn Register>,
    /// The log of decisions.
    pub decisions: Arc<dyn Decisions>,
    /// What stands around every page.
    pub frame: Arc<dyn Frame>,
}

/// The operators' pages and API. `version` is the program's.
pub fn module(ctx: &Ctx, deps: Deps, version: &'static str) -> Module {
    let desk = Desk::new(&ctx.db, &ctx.outbox);
    let Deps { register, decisions, frame } = deps;
    let state = Operations { ctx: ctx.clone(), desk, register, decisions, frame, version };
    let operator = Access::operator();
    let routes = Routes::new(Role::ALLTING, state)
        .get("/health/details", operator, details::handle)
        .get("/allting/api/v1/operations/jobs", operator, api::list)
        .post("/allting/api/v1/operations/jobs/retry", operator, api::retry_queue)
        .post("/allting/api/v1/operations/jobs/drop", operator, api::drop_queue)
        .get("/allting/api/v1/operations/jobs/{id}", operator, api::show)
        .post("/allting/api/v1/operations/jobs/{id}/retry", operator, api::retry)
        .post("/allting/api/v1/operations/jobs/{id}/drop", operator, api::drop)
        .get("/allting/api/v1/operations/audit", operator, log::api::entries)
        .get("/allting/api/v1/operations/lookups", operator, log::api::lookups)
        .get("/allting/api/v1/operations/decisions/{id}", operator, log::api::decision)
        .get("/drift", operator, pages::start::handle)
        .get("/drift/jobber", operator, pages::jobs::handle)
        .post("/drift/jobber", operator, pages::jobs::change)
        .get("/drift/jobber/{id}", operator, pages::job::handle)
        .post("/drift/jobber/{id}", operator, pages::job::change)
        .get("/drift/logg", operator, pages::log::entries)
        .get("/drift/logg/oppslag", operator, pages::log::lookups)
        .get("/drift/logg/avgjorelse/{id}", operator, pages::decision::handle)
        .done();
    Module {
        name: "operations",
        routes,
        jobs: vec![],
        schedules: vec![log::schedule(ctx)],
        migrations: db::MigrationSet::none("operations"),
        statements: vec![],
    }
}
