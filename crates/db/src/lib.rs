#![doc = include_str!("../README.md")]

pub mod archive;
pub mod cursor;
mod db;
mod durability;
mod error;
mod migrate;
mod options;
mod postgres;
mod row;
mod sql;
mod sqlite;
mod tx;
mod value;

pub use db::{Attempts, Db, Engine};
pub use durability::{Durability, Level};
pub use error::{Error, MaybeRetry, Result};
pub use migrate::{Migration, MigrationSet, STATEMENTS, fingerprint};
pub use options::{Options, Pooling};
pub use row::Row;
pub use sql::{Cost, Sql};
pub use tx::Tx;
pub use value::{FromValue, Json, Value};
