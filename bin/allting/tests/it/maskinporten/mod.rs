//! Maskinporten in the whole application; every row of its order of checks is tested in the crate itself.

mod command;
mod token;
