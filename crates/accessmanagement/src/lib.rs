#![doc = include_str!("../README.md")]

mod domain;
mod http;
mod population;
mod service;
mod store;
mod wire;

use httpkit::Module;
use ports::authorization::Pdp;
use std::sync::Arc;

pub use service::AccessManagement;

/// The block's routes, tables and statements. It comes after the PDP, which itself stands on [`AccessManagement`].
pub fn module(access: Arc<AccessManagement>, pdp: Arc<dyn Pdp>) -> Module {
    Module {
        name: "accessmanagement",
        routes: http::routes(http::App { access, pdp }),
        jobs: Vec::new(),
        schedules: Vec::new(),
        migrations: MIGRATIONS,
        statements: vec![store::assignments::STATEMENTS, store::lookups::STATEMENTS],
    }
}

const MIGRATIONS: db::MigrationSet =
    db::migrations!("accessmanagement", ["0001_init", "0002_common_log" + sqlite + pg]);
