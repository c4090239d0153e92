//! One consistent snapshot of a database, read while others write.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::TryStreamExt as _;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::mpsc;

use super::{Applied, Kind, Schema, Table, cell};
use crate::{
    Engine, Error, MigrationSet, Options, Result, Row, Sql,
    postgres::{self, PgTx, Postgres},
    sqlite,
};

/// Lines of one table, at most a little over 1 MiB.
#[derive(Debug)]
pub struct Chunk(pub(super) Vec<u8>);

/// Enough that the headers cost nothing, little enough that a few of them fit in any memory.
const CHUNK: usize = 1 << 20;

/// Tables of the engines' own, which say nothing about anything outside the running database.
const OWN: [&str; 3] = ["db_migration", "db_owner", "db_lock"];

/// A snapshot that stands still until it is dropped. On SQLite it needs no lock: the process that has the file open goes on.
pub struct Source(Inner);

enum Inner {
    Sqlite(Arc<Mutex<Connection>>),
    Postgres(Box<PgTx>),
}

impl Source {
    /// Takes a snapshot of the database behind `url`; nothing is changed there.
    pub async fn open(url: &str, options: Options) -> Result<Source> {
        if url.starts_with("sqlite:") {
            let (path, _) = sqlite::parse(url)?;
            let fail = |e| sqlite::engine_error("open snapshot", e);
            let conn = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(fail)?;
            conn.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16000; BEGIN")
                .map_err(fail)?;
            // The snapshot is taken by the first read.
            conn.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))
                .map_err(fail)?;
            return Ok(Source(Inner::Sqlite(Arc::new(Mutex::new(conn)))));
        }
        // What is read was durable, or it was not; no answer of ours depends on it.
        let options = Options { pool: 1, replica: None, demand_durable: false, ..options };
        let mut tx = Postgres::open(url, options).await?.begin_heavy("snapshot").await?;
        tx.batch(
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = 0; \
             SET LOCAL idle_in_transaction_session_timeout = 0; SELECT 1",
        )
        .await?;
        Ok(Source(Inner::Postgres(Box::new(tx))))
    }

    /// Which engine runs.
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// A few rows of a read.
    pub async fn query(&mut self, name: &'static str, text: &str) -> Result<Vec<Row>> {
        match &mut self.0 {
            Inner::Sqlite(conn) => {
                let conn = conn.lock().unwrap_or_else(PoisonError::into_inner);
                sqlite::run_query(&conn, name, text, &[])
            }
            Inner::Postgres(tx) => tx.query(&Sql::dynamic(name, text.to_owned()), &[]).await,
        }
    }

    /// The migrations that the database has had; none in one that Allting has not touched.
    pub async fn applied(&mut self) -> Result<Vec<Applied>> {
        if !self.columns().await?.iter().any(|(table, _)| table == "db_migration") {
            return Ok(vec![]);
        }
        let mut applied = Vec::new();
        for row in self.query("archive.applied", "SELECT block, name, checksum FROM db_migration").await? {
            applied.push(Applied { block: row.get(0)?, name: row.get(1)?, checksum: row.get(2)? });
        }
        applied.sort();
        Ok(applied)
    }

    /// A value kept with the database itself.
    pub async fn meta(&mut self, name: &str) -> Result<Option<String>> {
        for row in self.query("archive.meta", "SELECT name, value FROM db_meta").await? {
            if row.get::<String>(0)? == name {
                return row.get(1).map(Some);
            }
        }
        Ok(None)
    }

    /// The tables, which must be exactly those of the migrations.
    pub async fn schema(&mut self, sets: &[MigrationSet], applied: &[Applied]) -> Result<Schema> {
        let schema = Schema::of(sets, applied)?;
        let ours: BTreeSet<(String, String)> = schema
            .tables
            .iter()
            .flat_map(|table| table.columns.iter().map(|column| (table.name.clone(), column.name.clone())))
            .collect();
        let theirs: BTreeSet<_> =
            self.columns().await?.into_iter().filter(|(table, _)| !OWN.contains(&table.as_str())).collect();
        if let Some((table, column)) = ours.symmetric_difference(&theirs).next() {
            let reason = format!("{table}.{column} is in the database or in the migrations, and not in both");
            return Err(Error::Archive(reason));
        }
        Ok(schema)
    }

    async fn columns(&mut self) -> Result<BTreeSet<(String, String)>> {
        let text = match self.engine() {
            Engine::Sqlite => {
                "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c \
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            }
            Engine::Postgres => {
                "SELECT c.table_name::text, c.column_name::text FROM information_schema.columns c \
                 JOIN information_schema.tables t USING (table_schema, table_name) \
                 WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'"
            }
        };
        let rows = self.query("archive.columns", text).await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }

    /// Sends all rows of a table, in the order of its key.
    pub async fn rows(&mut self, table: &Table, to: mpsc::Sender<Chunk>) -> Result<()> {
        let text = self.select(table);
        let mut batch = Batch { table: table.clone(), text: Vec::new() };
        match &mut self.0 {
            Inner::Sqlite(conn) => {
                let conn = conn.clone();
                let read = move || {
                    let conn = conn.lock().unwrap_or_else(PoisonError::into_inner);
                    sqlite::each_row(&conn, "archive.rows", &text, |row| match batch.take(&row)? {
                        Some(chunk) => to.blocking_send(chunk).map_err(|_| Error::Closed),
                        None => Ok(()),
                    })?;
                    to.blocking_send(Chunk(batch.text)).map_err(|_| Error::Closed)
                };
                tokio::task::spawn_blocking(read).await.map_err(|e| Error::engine("archive.rows", e))?
            }
            Inner::Postgres(tx) => {
                let fail = |e| postgres::engine_error("archive.rows", e);
                let client = tx.client()?;
                let none: [i64; 0] = [];
                let rows = client.query_raw(text.as_str(), none).await.map_err(fail)?;
                let mut rows = std::pin::pin!(rows);
                while let Some(row) = rows.try_next().await.map_err(fail)? {
                    if let Some(chunk) = batch.take(&postgres::row("archive.rows", &row)?)? {
                        to.send(chunk).await.map_err(|_| Error::Closed)?;
                    }
                }
                to.send(Chunk(batch.text)).await.map_err(|_| Error::Closed)
            }
        }
    }

    fn select(&self, table: &Table) -> String {
        // Both engines sort as bytes do, nothing first.
        let order = |name: &String| match (self.engine(), table.kind(name)) {
            (_, Some(Kind::Json)) => None,
            (Engine::Postgres, Some(Kind::Text)) => Some(format!("\"{name}\" COLLATE \"C\" NULLS FIRST")),
            (Engine::Postgres, _) => Some(format!("\"{name}\" NULLS FIRST")),
            (Engine::Sqlite, _) => Some(format!("\"{name}\"")),
        };
        let order: Vec<_> = table.key.iter().filter_map(order).collect();
        format!("SELECT {} FROM \"{}\" ORDER BY {}", table.column_list(), table.name, order.join(", "))
    }
}

/// Rows on their way into a chunk.
struct Batch {
    table: Table,
    text: Vec<u8>,
}

impl Batch {
    fn take(&mut self, row: &Row) -> Result<Option<Chunk>> {
        cell::encode(&self.table, row.cells(), &mut self.text).map_err(Error::Archive)?;
        Ok((self.text.len() >= CHUNK).then(|| Chunk(std::mem::take(&mut self.text))))
    }
}

impl Chunk {
    /// Whether there is nothing in it, as at the end of a table.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bytes in it.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}
