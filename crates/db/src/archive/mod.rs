//! The whole database as rows that belong to no engine: what backup, restore and verification are made of.
//!
//! Tables, columns and their logical types come from the migrations, so both engines give the same text for the same rows;
//! a table or column in the database that no migration names is refused, never left out. [`Source`] reads one consistent
//! snapshot while others write. [`Writer`] makes one tar file of it, [`Reader`] checks every digest while it reads.
//! [`Target`] loads into a database in one transaction.

mod cell;
mod copies;
mod file;
mod schema;
mod source;
mod tar;
mod target;

pub use copies::{Copies, Copy};
pub use file::{About, Manifest};
pub use file::{Part, Reader, Sum, TableSum, Writer};
pub use schema::{Applied, Column, Kind, Schema, Table, known};
pub use source::{Chunk, Source};
pub use target::Target;
