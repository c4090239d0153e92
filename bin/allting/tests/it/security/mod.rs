//! What an attacker tries, against the whole application.

mod forms;
mod operators;
mod pages;
mod production;
mod tokens;
