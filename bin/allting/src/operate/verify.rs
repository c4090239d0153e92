//! `allting verify`: is a backup whole, or is the live database sound.

use super::report::{Check, Verdict, print, worst};
use super::restore::check;
use super::{blobs, megabytes, migrations, snapshot};
use crate::command::ServerArgs;
use anyhow::{Context, ensure};
use clap::Args;
use config::Config;
use db::Engine;
use db::archive::{Chunk, Kind, Schema, Source};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use tokio::sync::mpsc;

/// Options of `allting verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// File that `allting backup` wrote; without it the live database is looked at.
    #[arg(long)]
    from: Option<PathBuf>,
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub async fn run(args: VerifyArgs) -> anyhow::Result<()> {
    let checks = match &args.from {
        Some(from) => {
            let manifest = check(from)?;
            let about = &manifest.about;
            let content = format!(
                "{} rows in {} tables, {} blobs of {} MB; every digest agrees",
                manifest.rows(),
                manifest.tables.len(),
                manifest.blobs.count,
                megabytes(manifest.blobs.bytes)
            );
            vec![
                Check::ok("content", content),
                Check::ok(
                    "made for",
                    format!("profile {}, environment {}", about.profile, about.environment),
                ),
                Check::ok("tables", format!("as {} migrations make them", about.migrations.len())),
            ]
        }
        None => live(&args.server.load()?).await?,
    };
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", json!({ "verdict": worst(&checks), "checks": checks }))?;
    } else {
        print(&checks, &mut out)?;
    }
    ensure!(worst(&checks) < Verdict::Fail, "not all is well");
    Ok(())
}

/// Looks at every row of the live database, in one snapshot, while servers go on.
pub async fn live(config: &Config) -> anyhow::Result<Vec<Check>> {
    let sets = migrations().await?;
    let mut source = snapshot(config).await.context("cannot open the database")?;
    let applied = source.applied().await?;
    ensure!(!applied.is_empty(), "the database is empty");
    let schema = source.schema(&sets, &applied).await?;
    let mut checks =
        vec![Check::ok("tables", format!("{}, as the migrations make them", schema.tables.len()))];
    checks.push(rows(&mut source, &schema).await);
    checks.push(match source.engine() {
        Engine::Sqlite => pages(&mut source).await?,
        Engine::Postgres => sequences(&mut source, &schema).await?,
    });
    checks.push(references(&mut source).await?);
    checks.push(leases(&mut source).await?);
    checks.push(objects(config, &mut source).await?);
    Ok(checks)
}

/// Every cell can be read as what its column says.
async fn rows(source: &mut Source, schema: &Schema) -> Check {
    let (mut bytes, mut odd) = (0, None);
    for table in &schema.tables {
        let (send, mut chunks) = mpsc::channel::<Chunk>(2);
        let count = async {
            while let Some(chunk) = chunks.recv().await {
                bytes += chunk.len() as u64;
            }
        };
        if let (Err(error), ()) = tokio::join!(source.rows(table, send), count) {
            odd.get_or_insert_with(|| error.to_string());
        }
    }
    match odd {
        None => Check::ok("rows", format!("all can be read, {} MB", megabytes(bytes))),
        Some(error) => Check::fail("rows", error, "restore the last good backup beside it and compare"),
    }
}

async fn pages(source: &mut Source) -> anyhow::Result<Check> {
    let told: Vec<String> = source
        .query("verify.pages", "PRAGMA quick_check(3)")
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect::<Result<_, _>>()?;
    let told = told.join("; ");
    Ok(match told.as_str() {
        "ok" => Check::ok("pages", "the file is sound"),
        _ => Check::fail(
            "pages",
            told,
            "the file is damaged: stop the server, keep the file, restore the last backup",
        ),
    })
}

/// No sequence will give a number that is taken.
async fn sequences(source: &mut Source, schema: &Schema) -> anyhow::Result<Check> {
    let mut behind = Vec::new();
    for table in &schema.tables {
        for column in table.columns.iter().filter(|column| column.kind == Kind::Serial) {
            let (table, column) = (&table.name, &column.name);
            let text = format!(
                "SELECT coalesce(max(\"{column}\"), 0) > coalesce(pg_sequence_last_value(\
                 pg_get_serial_sequence('\"{table}\"', '{column}')::regclass), 0) FROM \"{table}\""
            );
            if source.query("verify.sequence", &text).await?.iter().any(|row| row.get(0).unwrap_or(true)) {
                behind.push(table.as_str());
            }
        }
    }
    Ok(if behind.is_empty() {
        Check::ok("sequences", "none is behind its table")
    } else {
        Check::fail(
            "sequences",
            format!("behind: {}", behind.join(", ")),
            "set each to its table's largest number (setval)",
        )
    })
}

async fn references(source: &mut Source) -> anyhow::Result<Check> {
    let text = match source.engine() {
        Engine::Sqlite => "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check",
        // The server keeps them itself, unless somebody has told it not to.
        Engine::Postgres => {
            "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint \
             WHERE contype = 'f' AND NOT convalidated AND connamespace = current_schema()::regnamespace"
        }
    };
    let broken: Vec<String> = source
        .query("verify.references", text)
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect::<Result<_, _>>()?;
    Ok(if broken.is_empty() {
        Check::ok("references", "every row that is referred to is there")
    } else {
        let found = format!("rows of {} refer to rows that are not there", broken.join(", "));
        Check::fail("references", found, "restore the last good backup beside it and compare")
    })
}

/// A leased message names who has it.
async fn leases(source: &mut Source) -> anyhow::Result<Check> {
    let text = "SELECT count(*) FROM outbox WHERE (leased_until IS NULL) <> (lease_owner IS NULL)";
    let odd: i64 = source.query("verify.leases", text).await?.first().map_or(Ok(0), |row| row.get(0))?;
    Ok(match odd {
        0 => Check::ok("outbox", "every lease has its owner"),
        _ => Check::fail(
            "outbox",
            format!("{odd} leases without an owner, or the reverse"),
            "tell the maintainers",
        ),
    })
}

/// Every object that a row names is there; what is in it is seen by `allting blobs verify`, which needs the keys.
async fn objects(config: &Config, source: &mut Source) -> anyhow::Result<Check> {
    let store = blobs::store(config)?;
    let named = blobs::named(source).await?;
    let mut missing = Vec::new();
    for (area, object) in &named {
        if store.get(area, *object).await?.is_none() {
            missing.push(format!("{area}/{}", object.as_simple()));
        }
    }
    Ok(if missing.is_empty() {
        Check::ok("objects", format!("all {} that rows name are there", named.len()))
    } else {
        let found = format!("{} missing, the first {}", missing.len(), missing[0]);
        Check::fail("objects", found, "restore the last good backup beside it: it holds them")
    })
}
