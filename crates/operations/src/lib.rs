#![doc = include_str!("../README.md")]

mod api;
mod details;
mod pages;
mod texts;
mod visit;

use httpkit::{Access, Ctx, Module, Role, Routes};
use jobs::Desk;
use ports::pages::Frame;
use std::sync::Arc;

/// What the pages and the API stand on.
#[derive(Clone)]
struct Operations {
    ctx: Ctx,
    desk: Desk,
    frame: Arc<dyn Frame>,
    version: &'static str,
}

/// The operators' pages and API. `version` is the program's.
pub fn module(ctx: &Ctx, frame: Arc<dyn Frame>, version: &'static str) -> Module {
    let desk = Desk::new(&ctx.db, &ctx.outbox);
    let state = Operations { ctx: ctx.clone(), desk, frame, version };
    let operator = Access::operator();
    let routes = Routes::new(Role::ALLTING, state)
        .get("/health/details", operator, details::handle)
        .get("/allting/api/v1/operations/jobs", operator, api::list)
        .post("/allting/api/v1/operations/jobs/retry", operator, api::retry_queue)
        .post("/allting/api/v1/operations/jobs/drop", operator, api::drop_queue)
        .get("/allting/api/v1/operations/jobs/{id}", operator, api::show)
        .post("/allting/api/v1/operations/jobs/{id}/retry", operator, api::retry)
        .post("/allting/api/v1/operations/jobs/{id}/drop", operator, api::drop)
        .get("/drift", operator, pages::start::handle)
        .get("/drift/jobber", operator, pages::jobs::handle)
        .post("/drift/jobber", operator, pages::jobs::change)
        .get("/drift/jobber/{id}", operator, pages::job::handle)
        .post("/drift/jobber/{id}", operator, pages::job::change)
        .done();
    Module {
        name: "operations",
        routes,
        jobs: vec![],
        schedules: vec![],
        migrations: db::MigrationSet::none("operations"),
        statements: vec![],
    }
}
