//! The block over HTTP and through its port, on a temporary database, with small registers in memory.

mod authorized_parties;
mod catalogue;
mod connections;
mod grants;
mod population;
mod support;
