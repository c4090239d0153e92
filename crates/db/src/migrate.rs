//! Forward-only migrations, each file one transaction.

use std::sync::Arc;

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::{
    Db, Error, Result,
    db::Inner,
    postgres::{PgTx, Postgres},
    sql::{self, Dialect},
    sqlite::engine_error,
};

crate::statements! {
    /// A value kept with the database.
    pub(crate) META_GET = "db.meta_get", "SELECT value FROM db_meta WHERE name = $1";
    /// Keeps a value with the database.
    pub(crate) META_SET = "db.meta_set",
        "INSERT INTO db_meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    /// All that was ever applied.
    HISTORY = "db.migration_history", "SELECT block, name FROM db_migration ORDER BY block, name";
    APPLIED = "db.migration_applied", "SELECT checksum FROM db_migration WHERE block = $1 AND name = $2";
    APPLY = "db.migration_apply", "INSERT INTO db_migration (block, name, checksum) VALUES ($1, $2, $3)";
}

/// One migration file, with what only one engine needs after it.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// `0001_init`.
    pub name: &'static str,
    /// The common text with type tokens.
    pub common: &'static str,
    /// More for SQLite.
    pub sqlite: &'static str,
    /// More for PostgreSQL.
    pub postgres: &'static str,
}

/// The migrations of one block, in order.
#[derive(Clone, Copy, Debug)]
pub struct MigrationSet {
    /// The block.
    pub block: &'static str,
    /// Its files.
    pub files: &'static [Migration],
}

/// The migrations of a crate: `migrations!("block", ["0001_init", "0002_more" + pg, "0003_x" + sqlite + pg])` reads
/// `migrations/0001_init.sql`, and beside it `.pg.sql` and `.sqlite.sql` where named.
#[macro_export]
macro_rules! migrations {
    ($block:literal, [$($name:literal $(+ $extra:ident)*),* $(,)?]) => {
        const { $crate::MigrationSet { block: $block, files: &[$({
            #[allow(unused_mut, clippy::allow_attributes, reason = "only files with extras change it")]
            let mut file = $crate::Migration {
                name: $name,
                common: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $name, ".sql")),
                sqlite: "",
                postgres: "",
            };
            $($crate::migrations!(@extra file $name $extra);)*
            file
        }),*] } }
    };
    (@extra $file:ident $name:literal pg) => {
        $file.postgres = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $name, ".pg.sql"));
    };
    (@extra $file:ident $name:literal sqlite) => {
        $file.sqlite = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $name, ".sqlite.sql"));
    };
}

impl MigrationSet {
    /// A set without migrations, for a block without tables.
    pub const fn none(block: &'static str) -> MigrationSet {
        MigrationSet { block, files: &[] }
    }
}

impl Migration {
    /// Over the text of all engines, so that a file moved between them is noticed too.
    pub(crate) fn checksum(&self) -> String {
        let mut hash = Sha256::new();
        for text in [self.common, self.sqlite, self.postgres] {
            hash.update(text.replace('\r', ""));
            hash.update([0]);
        }
        hash.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    fn text(&self, dialect: Dialect) -> Result<String> {
        let mut text = expand(self.common, dialect);
        text.push_str(";\n");
        text.push_str(&expand(if dialect == Dialect::Sqlite { self.sqlite } else { self.postgres }, dialect));
        if text.to_ascii_uppercase().contains("DEFERR") {
            return Err(Error::Migration(format!("{} defers a constraint", self.name)));
        }
        Ok(text)
    }
}

/// A digest of the migrations, for naming a template database.
pub fn fingerprint(sets: &[MigrationSet]) -> String {
    let mut hash = Sha256::new();
    hash.update(TABLES);
    for file in sets.iter().flat_map(|set| set.files) {
        hash.update(file.checksum());
    }
    hash.finalize()[..8].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Expands type tokens and makes SQLite tables STRICT.
fn expand(text: &str, dialect: Dialect) -> String {
    statements(text).map(|statement| one(&statement, dialect)).collect::<Vec<_>>().join(";\n")
}

fn one(statement: &str, dialect: Dialect) -> String {
    let mut out = sql::expand(String::new(), statement, dialect);
    let upper = out.trim().to_ascii_uppercase();
    if upper.starts_with("CREATE TABLE") {
        let keyless = upper.ends_with("WITHOUT ROWID");
        match dialect {
            Dialect::Sqlite if upper.ends_with("STRICT") => {}
            Dialect::Sqlite => out.push_str(if keyless { ", STRICT" } else { " STRICT" }),
            Dialect::Postgres if keyless => out.truncate(out.trim_end().len() - "WITHOUT ROWID".len()),
            Dialect::Postgres => {}
        }
    }
    out
}

/// Splits at semicolons outside quotes and strips comments.
pub(crate) fn statements(text: &str) -> impl Iterator<Item = String> {
    let mut out = vec![String::new()];
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(last) = out.last_mut() else { break };
        match (quote, c) {
            (None, '-') if chars.peek() == Some(&'-') => {
                for c in chars.by_ref() {
                    if c == '\n' {
                        break;
                    }
                }
                last.push('\n');
            }
            (None, ';') => out.push(String::new()),
            _ => {
                last.push(c);
                match quote {
                    None if c == '\'' || c == '"' => quote = Some(c),
                    Some(q) if q == c => quote = None,
                    _ => {}
                }
            }
        }
    }
    out.into_iter().map(|s| s.trim().to_owned()).filter(|s| !s.is_empty())
}

pub(crate) const TABLES: &str = "CREATE TABLE IF NOT EXISTS db_meta (name {text} PRIMARY KEY, value {text} NOT NULL);
CREATE TABLE IF NOT EXISTS db_migration (block {text} NOT NULL, name {text} NOT NULL, checksum {text} NOT NULL, PRIMARY KEY (block, name))";

pub(crate) async fn run(db: &Db, sets: &[MigrationSet]) -> Result<()> {
    let sets = sets.to_vec();
    match &db.0 {
        Inner::Sqlite(sqlite) => sqlite.alone("migrate", move |conn| on_sqlite(conn, &sets)).await,
        Inner::Postgres(postgres) => on_postgres(postgres, &sets).await,
    }
}

fn files(sets: &[MigrationSet]) -> Vec<(MigrationSet, &'static Migration)> {
    sets.iter().flat_map(|set| set.files.iter().map(|file| (*set, file))).collect()
}

/// Refuses a database that a newer version has been at work on: what its tables mean now is not known here.
fn known(sets: &[MigrationSet], (block, name): (&str, &str)) -> Result<()> {
    let file = |set: &MigrationSet| set.block == block && set.files.iter().any(|file| file.name == name);
    if sets.iter().any(file) {
        return Ok(());
    }
    Err(Error::Migration(format!("{block}/{name} was applied by a newer version; this one does not know it")))
}

/// What is left to do for a file whose recorded checksum, if any, is `applied`.
fn pending(set: &MigrationSet, file: &Migration, applied: Option<&str>) -> Result<bool> {
    match applied {
        None => Ok(true),
        Some(sum) if sum == file.checksum() => Ok(false),
        Some(_) => {
            Err(Error::Migration(format!("{}/{} was changed after it was applied", set.block, file.name)))
        }
    }
}

fn on_sqlite(conn: &Connection, sets: &[MigrationSet]) -> Result<()> {
    use rusqlite::OptionalExtension as _;
    let fail = |e| engine_error("migrate", e);
    conn.execute_batch(&expand(TABLES, Dialect::Sqlite)).map_err(fail)?;
    let mut history = conn.prepare(HISTORY.sqlite()).map_err(fail)?;
    let mut rows = history.query([]).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        let entry: (String, String) = (row.get(0).map_err(fail)?, row.get(1).map_err(fail)?);
        known(sets, (&entry.0, &entry.1))?;
    }
    drop(rows);
    for (set, file) in files(sets) {
        let key = (set.block, file.name);
        let applied: Option<String> = conn
            .query_row("SELECT checksum FROM db_migration WHERE block = ?1 AND name = ?2", key, |r| r.get(0))
            .optional()
            .map_err(fail)?;
        if !pending(&set, file, applied.as_deref())? {
            continue;
        }
        let text = file.text(Dialect::Sqlite)?;
        let apply = || {
            // A table is changed by making a new one, copying and renaming, which must not fire foreign keys.
            conn.execute_batch("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")?;
            conn.execute_batch(&text)?;
            conn.execute(
                "INSERT INTO db_migration (block, name, checksum) VALUES (?1, ?2, ?3)",
                (set.block, file.name, file.checksum()),
            )?;
            let broken: Option<String> = conn
                .query_row("SELECT \"table\" FROM pragma_foreign_key_check", [], |r| r.get(0))
                .optional()?;
            match broken {
                Some(table) => Ok(Err(format!("leaves rows of {table} without the row they refer to"))),
                None => conn.execute_batch("COMMIT").map(Ok),
            }
        };
        let done = apply().unwrap_or_else(|e: rusqlite::Error| Err(e.to_string()));
        if done.is_err() && !conn.is_autocommit() {
            conn.execute_batch("ROLLBACK").map_err(fail)?;
        }
        conn.execute_batch("PRAGMA foreign_keys = ON").map_err(fail)?;
        done.map_err(|e| Error::Migration(format!("{}/{}: {e}", set.block, file.name)))?;
    }
    Ok(())
}

/// Only on PostgreSQL: the row on which nodes queue that start at the same time. Each file's
/// transaction holds it, so a node that dies lets go of it.
const LOCK: &str = ";
CREATE TABLE IF NOT EXISTS db_lock (name text PRIMARY KEY);
INSERT INTO db_lock (name) VALUES ('migrate') ON CONFLICT DO NOTHING";

async fn on_postgres(postgres: &Arc<Postgres>, sets: &[MigrationSet]) -> Result<()> {
    let tables = expand(TABLES, Dialect::Postgres) + LOCK;
    let mut attempts = 0;
    // IF NOT EXISTS is not atomic on the server: of two nodes on an empty database one may fail once.
    while let Err(error) = one_transaction(postgres, &tables).await {
        attempts += 1;
        if attempts == 5 {
            return Err(error);
        }
    }
    for row in postgres.query(&HISTORY, &[]).await? {
        known(sets, (&row.get::<String>(0)?, &row.get::<String>(1)?))?;
    }
    for (set, file) in files(sets) {
        let mut tx = postgres.begin_heavy("migrate").await?;
        tx.batch("SELECT name FROM db_lock WHERE name = 'migrate' FOR UPDATE").await?;
        let rows = tx.query(&APPLIED, &crate::params![set.block, file.name]).await?;
        let applied = rows.first().map(|row| row.get::<String>(0)).transpose()?;
        if pending(&set, file, applied.as_deref())? {
            let fail = |e| Error::Migration(format!("{}/{}: {e}", set.block, file.name));
            tx.batch(&file.text(Dialect::Postgres)?).await.map_err(fail)?;
            tx.execute(&APPLY, &crate::params![set.block, file.name, file.checksum()]).await?;
            tx.commit().await.map_err(fail)?;
        } else {
            tx.rollback().await;
        }
    }
    Ok(())
}

async fn one_transaction(postgres: &Arc<Postgres>, text: &str) -> Result<()> {
    let mut tx: PgTx = postgres.begin_heavy("migrate").await?;
    tx.batch(text).await?;
    tx.commit().await
}
