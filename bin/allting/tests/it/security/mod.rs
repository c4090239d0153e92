//! What an attacker tries, against the whole application.

mod forms;
mod operators;
mod production;
mod tokens;
