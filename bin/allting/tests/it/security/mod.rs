//! What an attacker tries, against the whole application.

mod forms;
mod production;
mod tokens;
