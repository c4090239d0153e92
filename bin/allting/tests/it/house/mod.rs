//! What holds for the whole house.

mod addresses;
mod statements;
