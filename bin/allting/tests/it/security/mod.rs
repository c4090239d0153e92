//! What an attacker tries, against the whole application.

mod forms;
mod tokens;
