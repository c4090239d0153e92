//! `allting backup`: one file with everything, while the server goes on.

use super::{Progress, blobs, figures, megabytes, migrations, profile, snapshot};
use crate::command::ServerArgs;
use anyhow::{Context, ensure};
use clap::Args;
use config::Config;
use db::archive::{About, Chunk, Manifest, Writer};
use kernel::{Clock, SystemClock};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

/// Kept in the data directory, for `allting doctor`.
pub const LAST: &str = "last-backup.json";

/// Options of `allting backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// File to write, or a directory to write a file with a name of its own in; `-` is standard output.
    #[arg(long)]
    to: PathBuf,
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// Where the bytes go, and their digest.
struct Out {
    to: Box<dyn Write>,
    bytes: u64,
    hash: Sha256,
}

impl Write for Out {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.to.write(buffer)?;
        self.bytes += count as u64;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Runs the command.
pub async fn run(args: BackupArgs) -> anyhow::Result<()> {
    let config = args.server.load()?;
    let done = backup(&config, &args.to).await?;
    let mut tell: Box<dyn Write> =
        if args.to == Path::new("-") { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
    if args.json {
        writeln!(tell, "{done}")?;
    } else {
        writeln!(
            tell,
            "{}: {} rows in {} tables, {} blobs, {} MB in {} s ({} MB/s)\nsha256 {}",
            done["file"].as_str().unwrap_or_default(),
            done["rows"],
            done["tables"],
            done["blobs"],
            done["megabytes"],
            done["seconds"],
            done["megabytes_a_second"],
            done["sha256"].as_str().unwrap_or_default()
        )?;
    }
    Ok(())
}

/// Backs the database of `config` up; answers the figures.
pub async fn backup(config: &Config, to: &Path) -> anyhow::Result<Value> {
    let progress = Progress::new("backup");
    let at = SystemClock.now();
    let file = if to.is_dir() {
        let at = at.strftime("%Y%m%dT%H%M%SZ");
        to.join(format!("allting-{}-{at}.tar", config.environment))
    } else {
        to.to_owned()
    };
    let partial = file.with_extension("part");
    let stdout = to == Path::new("-");
    let out: Box<dyn Write> = if stdout {
        Box::new(BufWriter::new(io::stdout()))
    } else {
        // It holds what the database holds, so nobody else may read it.
        let open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&partial);
        Box::new(BufWriter::with_capacity(1 << 20, open.with_context(|| partial.display().to_string())?))
    };
    let written = write(config, Out { to: out, bytes: 0, hash: Sha256::new() }, progress.begun).await;
    let (manifest, out) = match written {
        Ok(done) => done,
        Err(error) => {
            if !stdout {
                std::fs::remove_file(&partial)?;
            }
            return Err(error);
        }
    };
    let (bytes, sha256) = (out.bytes, format!("{:x}", out.hash.finalize()));
    drop(out.to);
    if !stdout {
        File::open(&partial)?.sync_all()?;
        std::fs::rename(&partial, &file)?;
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    let mut done = figures(&manifest, bytes, progress.seconds());
    done.insert("file".into(), file.display().to_string().into());
    done.insert("at".into(), at.to_string().into());
    done.insert("sha256".into(), sha256.into());
    let done = Value::Object(done);
    let last = config.storage.data.join(LAST);
    if let Err(error) = std::fs::write(&last, format!("{done}\n")) {
        // The backup is good all the same.
        writeln!(io::stderr(), "backup: cannot note it in {}: {error}", last.display())?;
    }
    Ok(done)
}

async fn write(config: &Config, out: Out, begun: std::time::Instant) -> anyhow::Result<(Manifest, Out)> {
    let mut progress = Progress { what: "backup", begun, told: begun };
    let sets = migrations().await?;
    let mut source = snapshot(config).await.context("cannot open the database")?;
    let applied = source.applied().await?;
    ensure!(!applied.is_empty(), "the database is empty; nothing to back up");
    let schema = source.schema(&sets, &applied).await?;
    let profile_kept = source.meta("profile").await?;
    let environment = source.meta("environment").await?.unwrap_or_default();
    ensure!(
        profile_kept.as_deref() == Some(profile(config)) && environment == config.environment,
        "the database was made for profile {profile_kept:?}, environment {environment:?}; the configuration says otherwise"
    );
    let mut writer = Writer::new(out);
    let mut bytes = 0;
    for (at, table) in schema.tables.iter().enumerate() {
        writer.table(table);
        let (send, mut chunks) = mpsc::channel::<Chunk>(2);
        let write = async {
            while let Some(chunk) = chunks.recv().await {
                if !chunk.is_empty() {
                    bytes += chunk.len() as u64;
                    writer.rows(&chunk)?;
                }
                progress.tell(|| format!("table {at} of {}, {} MB", schema.tables.len(), megabytes(bytes)));
            }
            // Reading fails with a closed channel when writing has failed.
            Ok::<(), db::Error>(())
        };
        let (read, written) = tokio::join!(source.rows(table, send), write);
        written.and(read)?;
    }
    // Objects are kept before the rows that name them and never changed, so those of the snapshot are all there.
    let store = blobs::store(config)?;
    for (area, object) in blobs::named(&mut source).await? {
        let name = format!("{area}/{}", object.as_simple());
        let sealed = store.get(&area, object).await?;
        let sealed = sealed.with_context(|| {
            format!("object {name} of the blob store is missing; see allting blobs verify")
        })?;
        writer.blob(&name, sealed.len() as u64, sealed.as_ref())?;
        progress.tell(|| format!("blob {name}"));
    }
    let keys = blobs::keys(&mut source).await?;
    let about = About { profile: profile(config).to_owned(), environment, migrations: applied, keys };
    Ok(writer.finish(about)?)
}
