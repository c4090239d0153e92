#![doc = include_str!("../README.md")]

mod domain;
mod http;
mod service;
mod store;
#[cfg(test)]
mod tests;
mod wire;

pub use service::Register;

use ports::accessmanagement::AccessManagement;
use std::sync::Arc;

const MIGRATIONS: db::MigrationSet = db::migrations!("register", ["0001_init"]);

/// Routes, tables and statements. `access` tells whom a user may look up beside himself.
pub fn module(ctx: &httpkit::Ctx, access: Arc<dyn AccessManagement>) -> httpkit::Module {
    httpkit::Module {
        name: "register",
        routes: http::routes(ctx, access),
        jobs: vec![],
        schedules: vec![],
        migrations: MIGRATIONS,
        statements: store::STATEMENTS.to_vec(),
    }
}
