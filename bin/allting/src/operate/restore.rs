//! `allting restore`: a backup into an empty database, all of it or nothing.

use super::{Progress, blobs, figures, megabytes, migrations, profile, snapshot};
use crate::command::ServerArgs;
use crate::start::database_options;
use anyhow::{Context, bail, ensure};
use clap::Args;
use config::Config;
use db::archive::{Manifest, Part, Reader, Schema, Target, known};
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

/// Options of `allting restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// File that `allting backup` wrote.
    #[arg(long)]
    from: PathBuf,
    /// Replace what the database holds.
    #[arg(long)]
    replace: bool,
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub async fn run(args: RestoreArgs) -> anyhow::Result<()> {
    let config = args.server.load()?;
    let done = restore(&config, &args.from, args.replace).await?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{done}")?;
    } else {
        writeln!(
            out,
            "restored {} rows in {} tables and {} blobs, {} MB in {} s ({} MB/s)",
            done["rows"],
            done["tables"],
            done["blobs"],
            done["megabytes"],
            done["seconds"],
            done["megabytes_a_second"]
        )?;
    }
    Ok(())
}

/// An archive from its beginning.
pub fn open(from: &Path) -> anyhow::Result<Reader<BufReader<File>>> {
    let file = File::open(from).with_context(|| format!("cannot read {}", from.display()))?;
    Ok(Reader::new(BufReader::with_capacity(1 << 20, file)))
}

/// Reads an archive from end to end, so that every digest in it is checked.
pub fn check(from: &Path) -> anyhow::Result<Manifest> {
    let mut reader = open(from)?;
    loop {
        if let Part::End(manifest) = reader.part()? {
            return Ok(manifest);
        }
    }
}

/// Restores into the database of `config`; answers the figures.
pub async fn restore(config: &Config, from: &Path, replace: bool) -> anyhow::Result<Value> {
    let mut progress = Progress::new("restore");
    // Everything is verified before the first write.
    let manifest = check(from)?;
    let about = &manifest.about;
    ensure!(
        about.profile == profile(config) && about.environment == config.environment,
        "the backup was made for profile {:?}, environment {:?}; the configuration says {:?}, {:?}",
        about.profile,
        about.environment,
        profile(config),
        config.environment
    );
    let sets = known(&migrations().await?, &about.migrations).context("the backup")?;
    let schema = Schema::of(&sets, &about.migrations)?;
    schema.agrees(&manifest)?;
    std::fs::create_dir_all(&config.storage.data)?;
    let url = config.database_url();
    let db = db::Db::open(&url, database_options(config)).await.context("cannot open the database")?;
    let done = async {
        let applied = snapshot(config).await?.applied().await?;
        if applied.is_empty() {
            db.migrate(&sets).await?;
        } else if applied != about.migrations {
            bail!("the database has other tables than the backup; restore into an empty one");
        } else if !replace && Target::holds_rows(&db, &schema).await? {
            bail!("the database is not empty; --replace throws away what it holds");
        }
        load(config, &db, &schema, from, &mut progress).await
    };
    let done = done.await;
    db.close().await?;
    let bytes = done?;
    Ok(figures(&manifest, bytes, progress.seconds()).into())
}

async fn load(
    config: &Config,
    db: &db::Db,
    schema: &Schema,
    from: &Path,
    progress: &mut Progress,
) -> anyhow::Result<u64> {
    let store = blobs::store(config)?;
    let mut target = Target::begin(db, schema);
    let mut reader = open(from)?;
    let mut bytes = 0;
    loop {
        match reader.part()? {
            Part::Rows { table, text } => {
                let (place, rows) = schema.decode(&table, &text)?;
                target.rows(place, rows).await?;
                bytes += text.len() as u64;
                progress.tell(|| format!("table {table}, {} MB", megabytes(bytes)));
            }
            // Before the commit: no row ever names a blob that is not there.
            Part::Blob { name, content } => {
                let (area, object) = blobs::split(&name)?;
                bytes += content.len() as u64;
                store.put(area, object, content.into()).await?;
                progress.tell(|| format!("blob {name}, {} MB", megabytes(bytes)));
            }
            Part::End(_) => break,
        }
    }
    target.commit().await?;
    Ok(bytes)
}
