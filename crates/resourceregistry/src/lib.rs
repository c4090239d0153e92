#![doc = include_str!("../README.md")]

mod access_lists;
mod domain;
mod http;
mod population;
mod service;
mod store;
#[cfg(test)]
mod tests;

use httpkit::Module;
use ports::register::Register;
use std::sync::Arc;

pub use service::ResourceRegistry;

const MIGRATIONS: db::MigrationSet = db::migrations!("resourceregistry", ["0001_init", "0002_access_lists"]);

/// The block's routes, tables and statements.
pub fn module(registry: Arc<ResourceRegistry>, register: Arc<dyn Register>) -> Module {
    Module {
        name: "resourceregistry",
        routes: http::routes(registry, register),
        jobs: Vec::new(),
        schedules: Vec::new(),
        migrations: MIGRATIONS,
        statements: vec![
            store::access_lists::STATEMENTS,
            store::owners::STATEMENTS,
            store::resources::STATEMENTS,
            store::policies::STATEMENTS,
        ],
    }
}
