#![doc = include_str!("../README.md")]
#![expect(clippy::panic, clippy::missing_panics_doc, reason = "a failed test panics; that is its whole use")]

mod clock;
mod database;
mod golden;
mod server;
mod suite;
mod temp;
mod texts;

pub use clock::TestClock;
pub use database::TestDb;
pub use golden::{Difference, assert_json, assert_json_file, differences};
pub use suite::run_on;
pub use temp::TempDir;
pub use texts::assert_texts;

/// Which engine a test runs on.
pub use db::Engine;
