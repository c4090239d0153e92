#![doc = include_str!("../README.md")]

mod action;
mod entry;
mod lookup;
mod read;
mod retention;
mod scope;
#[cfg(test)]
mod tests;

pub use action::Action;
pub use entry::{Entry, put};
pub use lookup::{Lookup, looked_up};
pub use read::{Filter, LookupFilter, LookupRow, Row, lookups, page};
pub use retention::{Removed, remove_before};
pub use scope::{Actor, ActorKind, acting, by, from, permitted, within};

/// The crate's tables.
pub fn migrations() -> db::MigrationSet {
    db::migrations!("audit", ["0001_init"])
}

/// Every statement of fixed text.
pub fn statements() -> Vec<&'static [&'static db::Sql]> {
    vec![entry::STATEMENTS, lookup::STATEMENTS, retention::STATEMENTS]
}
