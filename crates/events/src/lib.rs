#![doc = include_str!("../README.md")]

mod domain;
mod http;
mod jobs;
mod service;
mod store;

use httpkit::{Access, Class, Ctx, Module, Role, Routes};
use ports::authorization::Pdp;
use ports::register::Register;
pub use service::Events;
use std::sync::Arc;

/// The blocks that this one asks.
#[derive(Clone)]
pub struct Deps {
    /// Parties behind subjects and users.
    pub register: Arc<dyn Register>,
    /// May this consumer subscribe to that resource.
    pub pdp: Arc<dyn Pdp>,
}

const PUBLISH: Access = Access::scope(&["altinn:events.publish", "altinn:events.publish.admin"]);
const SUBSCRIBE: Access = Access::scope(&["altinn:events.subscribe"]);

/// Routes, jobs and tables of the block.
pub fn module(ctx: &Ctx, deps: &Deps) -> Module {
    let service = Arc::new(service::Service { ctx: ctx.clone(), deps: deps.clone() });
    let routes = Routes::new(Role::PLATFORM, service.clone())
        .post("/events/api/v1/events", PUBLISH, http::publish::handle)
        .get("/events/api/v1/events", SUBSCRIBE, http::query::handle)
        .class(Class::Search)
        .post("/events/api/v1/subscriptions", Access::token(), http::subscribe::handle)
        .get("/events/api/v1/subscriptions", Access::token(), http::subscriptions::list)
        .get("/events/api/v1/subscriptions/{id}", Access::token(), http::subscriptions::get)
        .delete("/events/api/v1/subscriptions/{id}", Access::token(), http::subscriptions::delete)
        .done();
    Module {
        name: "events",
        routes,
        jobs: vec![
            Arc::new(jobs::inbound::Inbound(service.clone())),
            Arc::new(jobs::outbound::Outbound(service.clone())),
            Arc::new(jobs::validate::Validate(service)),
        ],
        schedules: vec![],
        migrations: db::migrations!("events", ["0001_events"]),
        statements: vec![store::event::STATEMENTS, store::subscription::STATEMENTS],
    }
}
