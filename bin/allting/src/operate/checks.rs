//! What `allting doctor` looks at. Nothing is changed but a probe beside the blobs, which is removed again.

use super::report::Check;
use super::{backup, megabytes, migrate, migrations, profile, snapshot};
use config::Config;
use db::Engine;
use db::archive::Source;
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, SystemClock};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest wait for a server that should answer at once.
const PATIENCE: Duration = Duration::from_secs(3);

/// All checks, in the order in which one would look.
pub async fn all(config: &Config) -> Vec<Check> {
    let mut checks = vec![
        Check::ok(
            "configuration",
            format!("profile {}, environment {}", profile(config), config.environment),
        ),
        keys(config),
        server(config).await,
        disk(config),
        blobs(config).await,
        descriptors(config),
        last_backup(config),
    ];
    database(config, &mut checks).await;
    checks
}

fn keys(config: &Config) -> Check {
    match httpkit::Keys::load(&Arc::new(config.clone())) {
        Ok(_) if config.is_sandbox() => Check::ok("keys", "can be read; a sandbox may use the public ones"),
        Ok(_) => Check::ok("keys", "own keys, and they can be read"),
        Err(error) => Check::fail("keys", format!("{error:#}"), "see operate/keys-and-tls.md"),
    }
}

/// Asks the server itself, as a balancer would.
async fn server(config: &Config) -> Check {
    let listen = config.server.listen;
    let ask = async {
        let mut stream = TcpStream::connect(listen).await?;
        let ask = format!("GET /health/ready HTTP/1.1\r\nHost: {listen}\r\nConnection: close\r\n\r\n");
        stream.write_all(ask.as_bytes()).await?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&answer).into_owned())
    };
    match tokio::time::timeout(PATIENCE, ask).await {
        Ok(Ok(line)) if line == "HTTP/1.1 200" => Check::ok("server", format!("{listen} is ready")),
        Ok(Ok(line)) if line.starts_with("HTTP/1.1 503") => Check::fail(
            "server",
            format!("{listen} is not ready"),
            "its log tells why: journalctl -u allting -n 50",
        ),
        Ok(Ok(_)) => Check::ok("server", format!("{listen} answers")),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            Check::warn("server", format!("nothing listens on {listen}"), "systemctl start allting")
        }
        Ok(Err(error)) => Check::warn(
            "server",
            format!("{listen}: {error}"),
            "its log tells why: journalctl -u allting -n 50",
        ),
        Err(_) => Check::fail(
            "server",
            format!("{listen} does not answer"),
            "its log tells why: journalctl -u allting -n 50",
        ),
    }
}

fn disk(config: &Config) -> Check {
    // Before the first start there is no data directory, but there is a place for it.
    let data = std::path::absolute(&config.storage.data).unwrap_or_else(|_| config.storage.data.clone());
    let Some(place) = data.ancestors().find(|place| place.is_dir()) else {
        return Check::fail("disk", format!("{} is nowhere", data.display()), "make the data directory");
    };
    match rustix::fs::statvfs(place) {
        Ok(is) => {
            let (free, total) = (is.f_bavail * is.f_frsize, is.f_blocks * is.f_frsize);
            let share = free * 100 / total.max(1);
            let found = format!("{} MB free, {share} %", free / 1_000_000);
            if free < 200_000_000 {
                Check::fail("disk", found, "make room now: with a full disk nothing is taken any more")
            } else if free < 2_000_000_000 || share < 5 {
                Check::warn("disk", found, "make room")
            } else {
                Check::ok("disk", found)
            }
        }
        Err(error) => Check::fail("disk", format!("{}: {error}", place.display()), "is it mounted"),
    }
}

/// A round trip beside the blobs.
async fn blobs(config: &Config) -> Check {
    if config.blobs.place == config::Place::S3 {
        return bucket(config).await;
    }
    let root = config.storage.data.join("blobs");
    if !root.is_dir() {
        return Check::warn("blobs", format!("{} is not there", root.display()), "the first start makes it");
    }
    let probe = root.join(format!(".doctor-{}", std::process::id()));
    let trip = || {
        let mut file = std::fs::File::create(&probe)?;
        file.write_all(b"round trip")?;
        file.sync_all()?;
        let read = std::fs::read(&probe)?;
        std::fs::remove_file(&probe)?;
        Ok::<_, std::io::Error>(read == b"round trip")
    };
    match trip() {
        Ok(true) => Check::ok("blobs", "written, synced, read, removed"),
        Ok(false) => Check::fail("blobs", "what was read is not what was written", "the disk is broken"),
        Err(error) => Check::fail(
            "blobs",
            format!("{}: {error}", root.display()),
            "run doctor as the user of the service; else rights or disk are at fault",
        ),
    }
}

/// An object that nobody names, which is cleaned away in a day.
async fn bucket(config: &Config) -> Check {
    let trip = async {
        let store = blob::Objects::open(config)?;
        let name = uuid::Uuid::from_u128(0);
        store.put("doctor", name, "round trip".into()).await?;
        Ok::<_, blob::Error>(store.get("doctor", name).await?.is_some_and(|read| read == "round trip"))
    };
    let remedy = "endpoint, bucket and credentials under blobs; see operate/blobs.md";
    match tokio::time::timeout(PATIENCE, trip).await {
        Ok(Ok(true)) => Check::ok("blobs", "written to the bucket and read"),
        Ok(Ok(false)) => Check::fail("blobs", "what was read is not what was written", remedy),
        Ok(Err(error)) => Check::fail("blobs", error.to_string(), remedy),
        Err(_) => Check::fail("blobs", "the bucket does not answer", remedy),
    }
}

fn descriptors(config: &Config) -> Check {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let soft = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse::<u64>().ok());
    match soft {
        Some(soft) if soft < 8192 && !config.is_sandbox() => Check::warn(
            "file descriptors",
            format!("{soft} in this shell"),
            "the unit sets LimitNOFILE=65536; do the same here",
        ),
        Some(soft) => Check::ok("file descriptors", soft.to_string()),
        None => Check::ok("file descriptors", "no limit"),
    }
}

fn last_backup(config: &Config) -> Check {
    let file = config.storage.data.join(backup::LAST);
    let last = std::fs::read_to_string(&file).ok().and_then(|text| {
        let told: serde_json::Value = serde_json::from_str(&text).ok()?;
        let at: Timestamp = told["at"].as_str()?.parse().ok()?;
        Some((SystemClock.now().duration_since(at), told["file"].as_str()?.to_owned()))
    });
    match last {
        None if config.is_sandbox() => Check::ok("backup", "none yet"),
        None => Check::warn("backup", "none yet", "allting backup --to DIRECTORY, every night"),
        Some((age, file)) => {
            let found = format!("{file}, {} hours old", age.as_hours());
            if age > SignedDuration::from_hours(26) && !config.is_sandbox() {
                Check::warn("backup", found, "why did the last one not run")
            } else {
                Check::ok("backup", found)
            }
        }
    }
}

async fn database(config: &Config, checks: &mut Vec<Check>) {
    let url = config.database_url();
    let file = url.strip_prefix("sqlite:").and_then(|rest| rest.split('?').next());
    if file.is_some_and(|file| !Path::new(file).exists()) {
        checks.push(Check::warn("database", "not there yet", "the first start makes it; or allting migrate"));
        return;
    }
    let looked = async {
        let mut source = snapshot(config).await?;
        let version = match source.engine() {
            Engine::Sqlite => {
                "SELECT 'SQLite ' || sqlite_version(), page_count * page_size \
                               FROM pragma_page_count(), pragma_page_size()"
            }
            Engine::Postgres => {
                "SELECT 'PostgreSQL ' || current_setting('server_version'), pg_database_size(current_database())"
            }
        };
        let rows = source.query("doctor.version", version).await?;
        let row = rows.first().ok_or(db::Error::NoRow("doctor.version"))?;
        let (version, size): (String, i64) = (row.get(0)?, row.get(1)?);
        Ok::<_, db::Error>((source, format!("{version}, {} MB", megabytes(size.unsigned_abs()))))
    };
    let (mut source, found) = match tokio::time::timeout(PATIENCE, looked).await {
        Ok(Ok(looked)) => looked,
        Ok(Err(error)) => {
            checks.push(Check::fail(
                "database",
                error.to_string(),
                "is it running, and do name, user and rights fit",
            ));
            return;
        }
        Err(_) => {
            checks.push(Check::fail(
                "database",
                "does not answer",
                "is it running, and can it be reached from here",
            ));
            return;
        }
    };
    checks.push(Check::ok("database", found));
    checks.push(tables(config).await);
    let more = async {
        if source.applied().await?.is_empty() {
            return Ok(vec![]);
        }
        let mut more = vec![stamp(config, &mut source).await?];
        match file {
            Some(file) => more.push(write_ahead_log(file)),
            None => more.push(clock(&mut source).await?),
        }
        more.push(durability(config, &mut source).await?);
        more.extend(outbox(&mut source).await?);
        Ok::<_, db::Error>(more)
    };
    match more.await {
        Ok(more) => checks.extend(more),
        Err(error) => checks.push(Check::fail("database", error.to_string(), "allting verify tells more")),
    }
}

async fn tables(config: &Config) -> Check {
    let pending = async { migrate::pending(config, &migrations().await?).await };
    match pending.await {
        Ok(pending) if pending.is_empty() => Check::ok("migrations", "none pending"),
        Ok(pending) => Check::warn(
            "migrations",
            format!("{} pending", pending.len()),
            "the next start applies them; or allting migrate",
        ),
        Err(error) => Check::fail(
            "migrations",
            format!("{error:#}"),
            "run the newer program, or restore the backup from before it",
        ),
    }
}

async fn stamp(config: &Config, source: &mut Source) -> db::Result<Check> {
    let (made_for, environment) = (source.meta("profile").await?, source.meta("environment").await?);
    let found =
        format!("{}, {}", made_for.clone().unwrap_or_default(), environment.clone().unwrap_or_default());
    let fits = made_for.as_deref().is_none_or(|is| is == profile(config))
        && environment.as_deref().is_none_or(|is| is == config.environment);
    Ok(if fits {
        Check::ok("made for", found)
    } else {
        Check::fail(
            "made for",
            found,
            "the configuration names another profile or environment: one of them is wrong",
        )
    })
}

fn write_ahead_log(file: &str) -> Check {
    let size = std::fs::metadata(format!("{file}-wal")).map_or(0, |is| is.len());
    let found = format!("{} MB", megabytes(size));
    if size > 512_000_000 {
        Check::warn("write-ahead log", found, "some reader has been at it for long: a backup, a copy")
    } else {
        Check::ok("write-ahead log", found)
    }
}

async fn clock(source: &mut Source) -> db::Result<Check> {
    let rows = source.query("doctor.clock", "SELECT clock_timestamp()").await?;
    let theirs: Timestamp = rows.first().map_or_else(|| Ok(SystemClock.now()), |row| row.get(0))?;
    let apart = SystemClock.now().duration_since(theirs).abs();
    let found = format!("{} ms from the database's", apart.as_millis());
    Ok(if apart > SignedDuration::from_secs(10) {
        Check::fail("clock", found, "leases of jobs go by it: run a time service on every node")
    } else if apart > SignedDuration::from_secs(2) {
        Check::warn("clock", found, "run a time service on every node")
    } else {
        Check::ok("clock", found)
    })
}

async fn durability(config: &Config, source: &mut Source) -> db::Result<Check> {
    let remedy = "what was acknowledged is lost with the power; set it back";
    let found = match source.engine() {
        Engine::Sqlite if config.database_url().contains("durability=normal") => "normal".to_owned(),
        Engine::Sqlite => return Ok(Check::ok("durability", "full: every commit is synced")),
        Engine::Postgres => {
            let text = "SELECT name, setting FROM pg_settings \
                        WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY name";
            let mut off = Vec::new();
            for row in source.query("doctor.durability", text).await? {
                let (name, setting): (String, String) = (row.get(0)?, row.get(1)?);
                if setting == "off" {
                    off.push(format!("{name} is off"));
                }
            }
            if off.is_empty() {
                return Ok(Check::ok("durability", "full: fsync, synchronous_commit, full_page_writes"));
            }
            off.join(", ")
        }
    };
    Ok(if config.is_sandbox() {
        Check::warn("durability", found, remedy)
    } else {
        Check::fail("durability", found, remedy)
    })
}

/// Dead messages, and how late the oldest is that should have been handled.
async fn outbox(source: &mut Source) -> db::Result<Vec<Check>> {
    let moved: i64 = source.meta("clock.offset").await?.and_then(|text| text.parse().ok()).unwrap_or(0);
    let business = SystemClock.now().as_microsecond() + moved;
    let due = match source.engine() {
        Engine::Sqlite => business.to_string(),
        Engine::Postgres => format!("to_timestamp({business} / 1000000.0)"),
    };
    let text = format!(
        "SELECT count(*) FILTER (WHERE dead), count(*) FILTER (WHERE NOT dead), \
         min(retry_at) FILTER (WHERE NOT dead AND due_at <= {due}) FROM outbox"
    );
    let rows = source.query("doctor.outbox", &text).await?;
    let row = rows.first().ok_or(db::Error::NoRow("doctor.outbox"))?;
    let (dead, open, oldest): (i64, i64, Option<Timestamp>) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let late = oldest.map_or(0, |oldest| SystemClock.now().duration_since(oldest).as_secs().max(0));
    let found = format!("{open} open, the oldest {late} s late");
    let open = if late > 3600 {
        Check::fail("jobs", found, "is a server running; allting jobs tells which queue stands")
    } else if late > 300 {
        Check::warn("jobs", found, "allting jobs tells which queue stands")
    } else {
        Check::ok("jobs", found)
    };
    let dead = match dead {
        0 => Check::ok("dead jobs", "none"),
        _ => Check::warn(
            "dead jobs",
            dead.to_string(),
            "look at each, mend its cause, then retry or drop it: operate/jobs.md",
        ),
    };
    Ok(vec![open, dead])
}
