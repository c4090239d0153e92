//! What holds for the whole house.

mod addresses;
mod audit;
mod contracts;
mod hostile;
mod limits;
mod matrix;
mod metrics;
mod openapi;
mod otlp;
mod parties;
mod plans;
mod revocation;
mod routes;
mod statements;
mod storage;
mod wire_pages;

pub use audit::is_quiet;
pub use matrix::call;
