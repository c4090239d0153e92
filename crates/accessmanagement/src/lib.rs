#![doc = include_str!("../README.md")]

mod domain;
mod population;
mod service;
mod store;

use httpkit::{Ctx, Module};
use ports::authorization::Pdp;
use std::sync::Arc;

pub use service::AccessManagement;

/// The block's routes, tables and statements. It comes after the PDP, which itself stands on [`AccessManagement`].
pub fn module(ctx: &Ctx, access: Arc<AccessManagement>, pdp: Arc<dyn Pdp>) -> Module {
    let _ = (ctx, access, pdp);
    Module {
        name: "accessmanagement",
        routes: Vec::new(),
        jobs: Vec::new(),
        schedules: Vec::new(),
        migrations: MIGRATIONS,
        statements: vec![store::assignments::STATEMENTS],
    }
}

const MIGRATIONS: db::MigrationSet = db::migrations!("accessmanagement", ["0001_init"]);
