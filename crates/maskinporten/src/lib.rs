#![doc = include_str!("../README.md")]

mod domain;
mod http;
mod jobs;
mod store;
mod wire;

use crate::store::clients::ClientCache;
use httpkit::{Access, Ctx, Module, Role, Routes};
use ports::authentication::SystemUsers;
use std::sync::Arc;
use std::time::Duration;

pub use store::port::Clients;

/// What the handlers share.
#[derive(Clone)]
struct Maskinporten {
    ctx: Ctx,
    system_users: Arc<dyn SystemUsers>,
    clients: Arc<ClientCache>,
}

/// The block. `system_users` answers which system user a grant names.
pub fn module(ctx: &Ctx, system_users: Arc<dyn SystemUsers>) -> Module {
    let state = Maskinporten { ctx: ctx.clone(), system_users, clients: Arc::default() };
    let mut routes = Routes::new(Role::MASKINPORTEN, state.clone())
        .get(
            "/.well-known/oauth-authorization-server",
            Access::Public("public metadata"),
            http::discovery::handle,
        )
        .get("/.well-known/openid-configuration", Access::Public("public metadata"), http::discovery::handle)
        .get("/jwk", Access::Public("public keys"), http::jwk::handle)
        .post("/token", Access::client("the grant is signed by the client"), http::token::handle)
        .limit(64 * 1024)
        .done();
    routes.extend(
        Routes::new(Role::ALLTING, state)
            .get(
                "/allting/api/v1/explain/token/{correlationId}",
                Access::Public("the correlation id is random and told only to the refused client"),
                http::explain_token::handle,
            )
            .done(),
    );
    Module {
        name: "maskinporten",
        routes,
        jobs: Vec::new(),
        schedules: vec![::jobs::Schedule {
            name: "maskinporten.purge",
            every: Duration::from_mins(5),
            task: Arc::new(jobs::Purge::new(ctx)),
        }],
        migrations: migrations(),
        statements: vec![
            store::clients::STATEMENTS,
            store::scopes::STATEMENTS,
            store::grants::STATEMENTS,
            store::refusals::STATEMENTS,
            store::population::STATEMENTS,
        ],
    }
}

fn migrations() -> db::MigrationSet {
    db::migrations!("maskinporten", ["0001_init"])
}
