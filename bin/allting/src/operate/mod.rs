//! What operators do with a database: back up, restore, verify, migrate, look whether all is well.

pub mod backup;
mod blobs;
pub mod checks;
pub mod migrate;
pub mod report;
pub mod restore;
pub mod systemd;
pub mod verify;

use crate::compose::Composition;
use crate::start::{database_options, surroundings};
use config::Config;
use db::archive::{Manifest, Source};
use serde_json::{Value, json};
use std::io::Write;

/// The migrations of all blocks. They tell them only when they are put together, which takes a database: any will do.
pub async fn migrations() -> anyhow::Result<Vec<db::MigrationSet>> {
    let scratch = std::env::temp_dir().join(format!("allting-tables-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)?;
    let data = vec![("storage.data".to_owned(), scratch.display().to_string())];
    let config = Config::load(None, std::iter::empty(), &data)?;
    let surroundings = surroundings(config, "http://127.0.0.1").await?;
    let sets = Composition::new(&surroundings).migrations();
    surroundings.ctx.db.close().await?;
    std::fs::remove_dir_all(&scratch)?;
    Ok(sets)
}

/// The database of `config` as it stands now, read beside whoever works on it.
async fn snapshot(config: &Config) -> db::Result<Source> {
    Source::open(&config.database_url(), database_options(config)).await
}

/// `sandbox` or `production`, as the database keeps it.
fn profile(config: &Config) -> &'static str {
    if config.is_sandbox() { "sandbox" } else { "production" }
}

/// Tells of progress on standard error, at most once in two seconds.
struct Progress {
    what: &'static str,
    begun: std::time::Instant,
    told: std::time::Instant,
}

impl Progress {
    fn new(what: &'static str) -> Self {
        let now = std::time::Instant::now();
        Self { what, begun: now, told: now }
    }

    fn tell(&mut self, now: impl FnOnce() -> String) {
        if self.told.elapsed().as_secs() >= 2 {
            self.told = std::time::Instant::now();
            // Nobody may be listening.
            let _ = writeln!(std::io::stderr(), "{}: {}", self.what, now());
        }
    }

    fn seconds(&self) -> f64 {
        (self.begun.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn megabytes(bytes: u64) -> f64 {
    (bytes as f64 / 10_000.0).round() / 100.0
}

/// What a backup or a restore moved, and how fast.
fn figures(manifest: &Manifest, bytes: u64, seconds: f64) -> serde_json::Map<String, Value> {
    let figures = [
        ("tables", json!(manifest.tables.len())),
        ("rows", json!(manifest.rows())),
        ("blobs", json!(manifest.blobs.count)),
        ("bytes", json!(bytes)),
        ("megabytes", json!(megabytes(bytes))),
        ("seconds", json!(seconds)),
        ("megabytes_a_second", json!(rate(bytes, seconds))),
    ];
    figures.into_iter().map(|(name, figure)| (name.to_owned(), figure)).collect()
}

/// Megabytes a second.
fn rate(bytes: u64, seconds: f64) -> f64 {
    (megabytes(bytes) / seconds.max(0.001) * 10.0).round() / 10.0
}
