//! `allting migrate`: the tables as this program wants them, without starting a server.

use super::{migrations, snapshot};
use crate::command::ServerArgs;
use crate::start::database_options;
use anyhow::Context;
use clap::Args;
use config::Config;
use db::archive::known;
use serde_json::json;
use std::io::Write;

/// Options of `allting migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Only tell what would be applied; exit 1 when there is something.
    #[arg(long)]
    check: bool,
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// Migrations that the database of `config` has not had, as `block/name`. An error when it has had some that this program
/// does not know.
pub async fn pending(config: &Config, sets: &[db::MigrationSet]) -> anyhow::Result<Vec<String>> {
    let url = config.database_url();
    let absent = url.strip_prefix("sqlite:").and_then(|rest| rest.split('?').next());
    let applied = match absent {
        Some(path) if !std::path::Path::new(path).exists() => vec![],
        _ => snapshot(config).await.context("cannot open the database")?.applied().await?,
    };
    let had = known(sets, &applied)?;
    let left = |(all, had): (&db::MigrationSet, &db::MigrationSet)| {
        let files = &all.files[had.files.len()..];
        files.iter().map(|file| format!("{}/{}", all.block, file.name)).collect::<Vec<_>>()
    };
    Ok(sets.iter().zip(&had).flat_map(left).collect())
}

/// Runs the command.
pub async fn run(args: MigrateArgs) -> anyhow::Result<()> {
    let config = args.server.load()?;
    let sets = migrations().await?;
    let pending = pending(&config, &sets).await?;
    if !args.check {
        std::fs::create_dir_all(&config.storage.data)?;
        let db = db::Db::open(&config.database_url(), database_options(&config)).await?;
        let done = db.migrate(&sets).await;
        db.close().await?;
        done?;
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        let applied = if args.check { &[][..] } else { &pending };
        let left = if args.check { &pending[..] } else { &[] };
        writeln!(out, "{}", json!({ "applied": applied, "pending": left }))?;
    } else if pending.is_empty() {
        writeln!(out, "nothing to migrate")?;
    } else {
        for name in &pending {
            writeln!(out, "{} {name}", if args.check { "pending" } else { "applied" })?;
        }
    }
    anyhow::ensure!(!args.check || pending.is_empty(), "{} migrations are pending", pending.len());
    Ok(())
}
