//! What holds for the whole house.

mod addresses;
mod matrix;
mod routes;
mod statements;
