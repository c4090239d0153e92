//! Our database layer beside the raw drivers, on the same rows, with the same statements, in one run.

mod ours;
mod raw_postgres;
mod raw_sqlite;

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use ::db::{Db, Migration, MigrationSet, Options, Value, params};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::{
    Arguments,
    measure::{Figure, Random, Worker, measure},
};

const DIALOGS: u64 = 20_000;
const PARTIES: u64 = 1_000;

/// The statements, the same text for every contestant.
const GET: &str = "SELECT id, party, title, content, updated_at, revision FROM dialog WHERE id = $1";
const PAGE: &str = "SELECT id, party, title, content, updated_at, revision FROM dialog WHERE party = $1 \
                    AND (updated_at, id) < ($2, $3) ORDER BY updated_at DESC, id DESC LIMIT 20";
const TOUCH: &str = "UPDATE dialog SET revision = revision + 1 WHERE id = $1 RETURNING revision";
const ACTIVITY: &str = "INSERT INTO activity (id, dialog_id, at, what) VALUES ($1, $2, $3, $4)";
const OUTBOX: &str = "INSERT INTO outbox (id, topic, name, payload, at) VALUES ($1, $2, $3, $4, $5)";

const TABLES: MigrationSet = MigrationSet {
    block: "bench",
    files: &[Migration {
        name: "0001",
        common: "CREATE TABLE dialog (id {id} PRIMARY KEY, party {key} NOT NULL, title {text} NOT NULL, content {json} NOT NULL,
                   updated_at {ts} NOT NULL, revision {int} NOT NULL);
                 CREATE INDEX dialog_page ON dialog (party, updated_at DESC, id DESC);
                 CREATE TABLE activity (id {id} PRIMARY KEY, dialog_id {id} NOT NULL REFERENCES dialog (id), at {ts} NOT NULL,
                   what {text} NOT NULL);
                 CREATE TABLE outbox (id {id} PRIMARY KEY, topic {text} NOT NULL, name {text} NOT NULL, payload {json} NOT NULL,
                   at {ts} NOT NULL);",
        sqlite: "",
        postgres: "",
    }],
};

::db::statements! {
    /// Fills the table.
    pub FILL = "bench.fill", "INSERT INTO dialog (id, party, title, content, updated_at, revision) VALUES ($1, $2, $3, $4, $5, 0)";
}

/// What a worker does in one turn.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Turn {
    Point,
    Page,
    /// Four statements: touch the dialog, two activities, one outbox row.
    Commit,
}

impl Turn {
    fn name(self) -> &'static str {
        match self {
            Turn::Point => "point",
            Turn::Page => "page20",
            Turn::Commit => "commit",
        }
    }
}

fn dialog(n: u64) -> Uuid {
    Uuid::from_u128(u128::from(n) << 64 | 0x8000_0000_0000_0000)
}

/// Ids of new rows ascend, as version 7 does.
fn fresh() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1 << 40);
    dialog(NEXT.fetch_add(1, Ordering::Relaxed))
}

fn at(n: u64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + n as i64).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn content(n: u64) -> serde_json::Value {
    json!({"title": [{"lang": "nb", "value": format!("Innsending {n}")}], "summary": "x".repeat(480), "status": n % 5})
}

async fn fill(db: &Db) -> Result<(), ::db::Error> {
    db.migrate(&[TABLES]).await?;
    let row = |n: u64| params![dialog(n), (n % PARTIES) as i64, format!("Innsending {n}"), content(n), at(n)];
    let rows: Vec<[Value; 5]> = (0..DIALOGS).map(row).collect();
    ::db::write_tx!(db, "bench.fill", |tx| { tx.execute_many(&FILL, &rows).await }).map(|_| ())
}

/// Prints and keeps the figures of one contestant.
struct Report(Vec<serde_json::Value>);

impl Report {
    fn add(&mut self, who: &str, what: Turn, figure: &Figure) {
        println!("{}", figure.line(who, what.name()));
        self.0.push(figure.json(who, what.name()));
    }

    /// `worker` makes a worker from a seed.
    async fn contest<W: Worker<Turn = Turn>>(
        &mut self,
        who: &str,
        seconds: f64,
        mut worker: impl AsyncFnMut(u64) -> Result<W, String>,
    ) -> Result<(), String> {
        for (what, counts) in
            [(Turn::Point, [1, 16].as_slice()), (Turn::Page, &[1, 16]), (Turn::Commit, &[1, 8, 64])]
        {
            for count in counts {
                let mut workers = Vec::new();
                for seed in 0..*count {
                    workers.push(worker(seed + 1).await?);
                }
                self.add(who, what, &measure(workers, what, seconds).await);
            }
        }
        Ok(())
    }
}

/// A directory that goes away.
struct Dir(PathBuf);

impl Drop for Dir {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Runs the benchmark and writes its result.
pub async fn run(arguments: &Arguments) -> Result<(), String> {
    let text = |e: ::db::Error| e.to_string();
    let mut report = Report(Vec::new());
    let seconds = arguments.seconds;
    let dir = Dir(std::env::temp_dir().join(format!("allting-bench-{}", std::process::id())));
    std::fs::create_dir_all(&dir.0).map_err(|e| e.to_string())?;
    let file = dir.0.join("bench.db");
    let url = format!("sqlite:{}?durability=full", file.display());

    let db = Db::open(&url, Options::default()).await.map_err(text)?;
    fill(&db).await.map_err(text)?;
    report.contest("allting db, SQLite", seconds, async |seed| Ok(ours::Ours::new(&db, seed))).await?;
    db.close().await.map_err(text)?;
    drop(db);
    let shared = raw_sqlite::writer(&file)?;
    report
        .contest("rusqlite", seconds, async |seed| raw_sqlite::RawSqlite::new(&file, shared.clone(), seed))
        .await?;
    drop(shared);

    let mut server = serde_json::Value::Null;
    if let Some(url) = &arguments.pg {
        let scratch = raw_postgres::Scratch::make(url).await?;
        let db = Db::open(&scratch.url, Options::default()).await.map_err(text)?;
        fill(&db).await.map_err(text)?;
        server = raw_postgres::settings(&scratch.url).await?;
        println!("server: {server}");
        report
            .contest("allting db, PostgreSQL", seconds, async |seed| Ok(ours::Ours::new(&db, seed)))
            .await?;
        db.close().await.map_err(text)?;
        report
            .contest("tokio-postgres", seconds, async |seed| {
                raw_postgres::RawPostgres::new(&scratch.url, seed).await
            })
            .await?;
        scratch.remove().await?;
    }

    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let result = json!({
        "cores": cores, "seconds_per_figure": seconds, "dialogs": DIALOGS, "parties": PARTIES,
        "sqlite": "WAL, synchronous=FULL", "postgres": server, "figures": report.0,
    });
    if let Some(parent) = std::path::Path::new(&arguments.out).parent() {
        std::fs::create_dir_all(parent).map_err(|e| e.to_string())?;
    }
    let result = serde_json::to_string_pretty(&result).map_err(|e| e.to_string())?;
    std::fs::write(&arguments.out, result + "\n").map_err(|e| format!("{}: {e}", arguments.out))
}
