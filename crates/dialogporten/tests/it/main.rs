//! The block over HTTP and through its ports, on a temporary database, with small registers in memory.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]
#![recursion_limit = "256"]

mod changes;
mod contract;
mod create;
mod enduser;
mod labels;
mod lists;
mod portals;
mod support;
