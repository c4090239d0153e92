#![doc = include_str!("../README.md")]

mod domain;
mod http;
mod jobs;
mod service;
mod store;
mod wire;

use httpkit::{Access, Ctx, Module, Role, Routes};
use ports::authentication::SystemUsers;
use ports::authorization::Pdp;
use ports::dialogporten::Dialogs;
use ports::notifications::Notifications;
use ports::register::Register;
use service::{Desk, Service};
use std::sync::Arc;

/// The blocks that this one asks.
#[derive(Clone)]
pub struct Deps {
    /// Who organisations are.
    pub register: Arc<dyn Register>,
    /// May this system user report for that organisation.
    pub pdp: Arc<dyn Pdp>,
    /// What the customer calls the system user that delivers.
    pub system_users: Arc<dyn SystemUsers>,
    /// Dialogs and transmissions.
    pub dialogs: Arc<dyn Dialogs>,
    /// E-mail to the organisation.
    pub notifications: Arc<dyn Notifications>,
}

/// Largest delivery; more goes through file upload.
const MAX_DELIVERY: usize = 10 * 1024 * 1024;

/// Routes, jobs and tables of the tax administration's services.
pub fn module(ctx: &Ctx, deps: &Deps) -> Module {
    let service = Arc::new(Service { ctx: ctx.clone(), deps: deps.clone() });
    let mut routes = Vec::new();
    for scheme in domain::scheme::Scheme::ALL {
        let desk = Desk { scheme, service: service.clone() };
        let access = Access::maskinporten(scheme.scopes());
        routes.extend(
            Routes::new(Role::service(scheme.host()), desk)
                .refusals(wire::feil::refusal)
                .post("/v1/{inntektsaar}", access, http::submit::handle)
                .limit(MAX_DELIVERY)
                .get(
                    "/v1/forsendelser/{forsendelse}/dokumenter/{dokument}",
                    access,
                    http::document::for_system,
                )
                .done(),
        );
    }
    let pages = Routes::new(Role::PORTAL, service.clone())
        .get("/skatteetaten/dokumenter/{dokument}", Access::session(), http::document::for_person)
        .done();
    routes.extend(pages);
    Module {
        name: "skatteetaten",
        routes,
        jobs: vec![Arc::new(jobs::feedback::Feedback(service))],
        schedules: vec![],
        migrations: db::migrations!("skatteetaten", ["0001_gld", "0002_common_log" + sqlite + pg]),
        statements: vec![store::filing::STATEMENTS, store::document::STATEMENTS],
    }
}
