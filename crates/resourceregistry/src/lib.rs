#![doc = include_str!("../README.md")]

mod domain;
mod http;
mod population;
mod service;
mod store;
#[cfg(test)]
mod tests;

use httpkit::{Ctx, Module};
use std::sync::Arc;

pub use service::ResourceRegistry;

const MIGRATIONS: db::MigrationSet = db::migrations!("resourceregistry", ["0001_init"]);

/// The block's routes, tables and statements.
pub fn module(_: &Ctx, registry: Arc<ResourceRegistry>) -> Module {
    Module {
        name: "resourceregistry",
        routes: http::routes(registry),
        jobs: Vec::new(),
        schedules: Vec::new(),
        migrations: MIGRATIONS,
        statements: vec![
            store::owners::STATEMENTS,
            store::resources::STATEMENTS,
            store::policies::STATEMENTS,
        ],
    }
}
