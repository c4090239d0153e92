//! `allting blobs …`, and the timers that look after blobs while a server runs.

use crate::command::ServerArgs;
use crate::start;
use anyhow::{Context, bail};
use async_trait::async_trait;
use blob::Blobs;
use clap::{Args, Subcommand};
use httpkit::Ctx;
use jobs::{Failure, Schedule, Task};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long after a change of the keys' file a key may leave it: by then every server has seen the change.
const SETTLED: Duration = Duration::from_mins(1);

/// The clean-up of orphans every hour, and the rotation of master keys, which finds nothing to do but after a change of the file.
pub fn schedules(ctx: &Ctx) -> Vec<Schedule> {
    vec![
        Schedule {
            name: "blob.clean",
            every: Duration::from_hours(1),
            task: Arc::new(Clean(ctx.blobs.clone())),
        },
        Schedule {
            name: "blob.rotate",
            every: Duration::from_mins(10),
            task: Arc::new(Rotate(ctx.blobs.clone())),
        },
    ]
}

struct Clean(Blobs);

#[async_trait]
impl Task for Clean {
    async fn run(&self) -> Result<(), Failure> {
        self.0.clean(blob::ORPHAN_AGE).await.map(drop).map_err(|e| Failure::Retry(e.to_string()))
    }
}

struct Rotate(Blobs);

#[async_trait]
impl Task for Rotate {
    async fn run(&self) -> Result<(), Failure> {
        self.0.rewrap().await.map(drop).map_err(|e| Failure::Retry(e.to_string()))
    }
}

/// `allting blobs`
#[derive(Debug, Args)]
pub struct BlobsArgs {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read every blob and check it against its digest. Exit code 1 when one is missing or damaged.
    Verify(Json),
    /// Remove objects older than a day that belong to no blob. A server does this every hour.
    Clean(Json),
    /// Show the master keys and how many blobs need each.
    Keys(Json),
    /// Wrap the keys of all blobs with the active master key. A server does this every ten minutes.
    Rotate(Json),
    /// Change the file with the master keys.
    #[command(subcommand)]
    Key(Key),
}

#[derive(Debug, Args)]
struct Json {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Key {
    /// Put a new key at the end of the file; it is made if it is not there.
    Add {
        /// The file that `keys.blobs` names.
        file: PathBuf,
    },
    /// Put a key first in the file: it wraps what is new from now on.
    Activate {
        /// The file that `keys.blobs` names.
        file: PathBuf,
        /// The key's id.
        id: String,
    },
    /// Take a key that no blob needs out of the file that `keys.blobs` names.
    Remove {
        /// The key's id.
        id: String,
    },
}

impl BlobsArgs {
    /// Runs the command.
    pub async fn run(&self) -> anyhow::Result<()> {
        match &self.command {
            Command::Key(Key::Add { file }) => {
                println!("added {} to {}", blob::keys::add(file)?, file.display());
                return Ok(());
            }
            Command::Key(Key::Activate { file, id }) => {
                blob::keys::activate(file, id)?;
                println!("{id} is active in {}", file.display());
                return Ok(());
            }
            _ => {}
        }
        let (ctx, _) = start::open(self.server.load()?).await?;
        let outcome = self.command.run(&ctx).await;
        ctx.db.close().await?;
        outcome
    }
}

impl Command {
    async fn run(&self, ctx: &Ctx) -> anyhow::Result<()> {
        match self {
            Self::Verify(Json { json }) => verify(&ctx.blobs, *json).await,
            Self::Clean(Json { json }) => {
                let done = ctx.blobs.clean(blob::ORPHAN_AGE).await?;
                if *json {
                    println!(
                        "{}",
                        json!({ "objects": done.objects, "removed": done.removed, "bytes": done.bytes })
                    );
                } else {
                    println!("{} objects, {} removed ({} bytes)", done.objects, done.removed, done.bytes);
                }
                Ok(())
            }
            Self::Keys(Json { json }) => keys(&ctx.blobs, *json).await,
            Self::Rotate(Json { json }) => {
                let done = ctx.blobs.rewrap().await?;
                if *json {
                    println!("{}", json!({ "rewrapped": done }));
                } else {
                    println!("{done} blobs' keys wrapped with the active master key");
                }
                Ok(())
            }
            Self::Key(Key::Add { .. } | Key::Activate { .. }) => Ok(()),
            Self::Key(Key::Remove { id }) => remove(ctx, id).await,
        }
    }
}

async fn verify(blobs: &Blobs, as_json: bool) -> anyhow::Result<()> {
    let report = blobs.verify().await?;
    if as_json {
        let faults: Vec<_> =
            report.faults.iter().map(|(blob, reason)| json!({ "blob": blob, "reason": reason })).collect();
        println!("{}", json!({ "whole": report.whole, "bytes": report.bytes, "faults": faults }));
    } else {
        for (_, reason) in &report.faults {
            println!("{reason}");
        }
        println!("{} blobs whole ({} bytes), {} faulty", report.whole, report.bytes, report.faults.len());
    }
    if report.faults.is_empty() { Ok(()) } else { bail!("{} blobs are faulty", report.faults.len()) }
}

async fn keys(blobs: &Blobs, as_json: bool) -> anyhow::Result<()> {
    let keys = blobs.key_use().await?;
    if as_json {
        let lines: Vec<_> = keys
            .iter()
            .map(|key| json!({ "id": key.id, "active": key.active, "known": key.known, "blobs": key.blobs }))
            .collect();
        println!("{}", json!(lines));
        return Ok(());
    }
    for key in keys {
        let state = match (key.active, key.known, key.blobs) {
            (true, ..) => "active",
            (_, false, _) => "MISSING from the file",
            (_, _, 0) => "may be removed",
            _ => "in use until the rotation is done",
        };
        println!("{}\t{} blobs\t{state}", key.id, key.blobs);
    }
    Ok(())
}

async fn remove(ctx: &Ctx, id: &str) -> anyhow::Result<()> {
    let path = PathBuf::from(&ctx.config.keys.blobs);
    let about = std::fs::metadata(&path).context("keys.blobs names no file")?;
    let age = file_time_now().duration_since(about.modified()?).unwrap_or_default();
    if age < SETTLED {
        bail!("the file was changed {} s ago; servers may still use the key, wait a minute", age.as_secs());
    }
    match ctx.blobs.key_use().await?.iter().find(|key| key.id == id) {
        Some(key) if key.blobs > 0 => {
            bail!("{} blobs need key {id}; run `allting blobs rotate` first", key.blobs)
        }
        _ => blob::keys::remove(&path, id)?,
    }
    println!("removed {id}");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "compared with a file's time, which is the machine's")]
fn file_time_now() -> SystemTime {
    SystemTime::now()
}
