#![doc = include_str!("../README.md")]

mod audit;
mod domain;
mod enrich;
mod http;
mod jobs;
mod service;
mod store;

use httpkit::{Ctx, Module};
use std::sync::Arc;

pub use service::Pdp;

const MIGRATIONS: db::MigrationSet = db::migrations!("authorization", ["0001_init"]);

/// The block's routes, tables and statements.
pub fn module(ctx: &Ctx, pdp: Arc<Pdp>) -> Module {
    Module {
        name: "authorization",
        routes: http::routes(ctx, pdp),
        jobs: Vec::new(),
        schedules: vec![jobs::retention(ctx)],
        migrations: MIGRATIONS,
        statements: vec![store::decisions::STATEMENTS],
    }
}
