//! rusqlite by itself: a connection per reader, one writer behind a mutex, one COMMIT per transaction.

use std::{path::Path, sync::Arc};

use rusqlite::{Connection, params};
use tokio::sync::Mutex;

use super::{ACTIVITY, DIALOGS, GET, OUTBOX, PAGE, PARTIES, Random, TOUCH, Turn, Worker, at, dialog, fresh};

pub(super) struct RawSqlite {
    reader: Connection,
    writer: Arc<Mutex<Connection>>,
    random: Random,
}

fn open(file: &Path) -> Result<Connection, String> {
    let open = || {
        let conn = Connection::open(file)?;
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; \
             PRAGMA wal_autocheckpoint = 4000; PRAGMA mmap_size = 268435456; PRAGMA cache_size = -16000",
        )?;
        Ok(conn)
    };
    open().map_err(|e: rusqlite::Error| e.to_string())
}

/// The connection that all workers write through.
pub(super) fn writer(file: &Path) -> Result<Arc<Mutex<Connection>>, String> {
    Ok(Arc::new(Mutex::new(open(file)?)))
}

impl RawSqlite {
    pub(super) fn new(file: &Path, writer: Arc<Mutex<Connection>>, seed: u64) -> Result<RawSqlite, String> {
        Ok(RawSqlite { reader: open(file)?, writer, random: Random::new(seed) })
    }
}

fn numbered(text: &str) -> String {
    text.replace('$', "?")
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<usize> {
    let (_, _): ([u8; 16], i64) = (row.get(0)?, row.get(1)?);
    let (title, content): (String, String) = (row.get(2)?, row.get(3)?);
    let (_, _): (i64, i64) = (row.get(4)?, row.get(5)?);
    Ok(title.len() + content.len())
}

fn commit(conn: &Connection, n: u64, statements: &[String; 3]) -> rusqlite::Result<usize> {
    let [touch, activity, outbox] = statements;
    let (id, at) = (dialog(n).into_bytes(), at(n).as_microsecond());
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let work = || {
        let revision: i64 = conn.prepare_cached(touch)?.query_row([id], |row| row.get(0))?;
        for what in ["received", "validated"] {
            conn.prepare_cached(activity)?.execute(params![fresh().into_bytes(), id, at, what])?;
        }
        let payload = serde_json::json!({"dialog": n, "revision": revision}).to_string();
        conn.prepare_cached(outbox)?.execute(params![
            fresh().into_bytes(),
            "filing.received",
            "k",
            payload,
            at
        ])?;
        conn.prepare_cached("COMMIT")?.execute([])
    };
    work().inspect_err(|_| drop(conn.execute_batch("ROLLBACK")))
}

impl Worker for RawSqlite {
    type Turn = Turn;

    async fn turn(&mut self, what: Turn) -> Result<(), String> {
        let n = self.random.below(DIALOGS);
        let done = match what {
            Turn::Point => self
                .reader
                .prepare_cached(&numbered(GET))
                .and_then(|mut get| get.query_row([dialog(n).into_bytes()], read)),
            Turn::Page => self.reader.prepare_cached(&numbered(PAGE)).and_then(|mut page| {
                let from =
                    params![(n % PARTIES) as i64, at(DIALOGS).as_microsecond(), dialog(DIALOGS).into_bytes()];
                page.query_map(from, read)?.sum()
            }),
            Turn::Commit => {
                let statements = [TOUCH, ACTIVITY, OUTBOX].map(numbered);
                commit(&*self.writer.lock().await, n, &statements)
            }
        };
        done.map(|_| ()).map_err(|e| e.to_string())
    }
}
