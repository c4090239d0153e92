//! What holds for the whole house.

mod addresses;
mod matrix;
mod parties;
mod revocation;
mod routes;
mod statements;
