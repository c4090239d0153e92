#![doc = include_str!("../README.md")]

mod domain;
mod http;
mod load;
mod wire;

pub mod commands;

pub use domain::generate::{Options, generate};
pub use domain::personas;
pub use domain::personas::{Persona, personas};
pub use load::{Error, MemberCounts, Population, Report};
pub use wire::{Document, FORMAT};

use ports::register::Register;
use std::sync::Arc;

/// The sandbox's search for persons. The population itself is [`Population`], which the server holds.
pub fn module(register: Arc<dyn Register>) -> httpkit::Module {
    httpkit::Module {
        name: "population",
        routes: http::routes(register),
        jobs: vec![],
        schedules: vec![],
        migrations: db::MigrationSet::none("population"),
        statements: vec![],
    }
}
