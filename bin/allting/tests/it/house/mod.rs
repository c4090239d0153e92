//! What holds for the whole house.

mod addresses;
mod contracts;
mod limits;
mod matrix;
mod parties;
mod revocation;
mod routes;
mod statements;
mod storage;
mod wire_pages;

pub use matrix::call;
