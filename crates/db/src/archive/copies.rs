//! Named copies of a whole database beside it, made and brought back by the engine itself while servers go on: on SQLite a file,
//! on PostgreSQL a schema that all nodes see.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;

use super::Schema;
use crate::{
    Db, Engine, Error, Result, Sql,
    db::Inner,
    postgres::PgTx,
    sqlite::{self, Sqlite},
};

static LIST: Sql = Sql::new(
    "copies.list",
    "SELECT CAST(n.nspname AS text), obj_description(n.oid, 'pg_namespace'), \
     (SELECT CAST(coalesce(sum(pg_total_relation_size(c.oid)), 0) AS bigint) FROM pg_class c \
      WHERE c.relnamespace = n.oid AND c.relkind = 'r') \
     FROM pg_namespace n WHERE n.nspname LIKE 'snapshot-%' ORDER BY 1",
)
.heavy();

/// A copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Its size.
    pub bytes: u64,
}

/// The copies of a database.
#[derive(Clone, Debug)]
pub struct Copies {
    db: Db,
    /// Where SQLite keeps them.
    directory: PathBuf,
}

fn io(error: std::io::Error) -> Error {
    Error::Archive(error.to_string())
}

impl Copies {
    /// The copies of `db`; those of SQLite lie in `directory`.
    pub fn new(db: &Db, directory: &Path) -> Copies {
        Copies { db: db.clone(), directory: directory.to_owned() }
    }

    /// Names are words of small letters, digits and hyphens.
    pub fn is_name(name: &str) -> bool {
        (1..=40).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.sqlite"))
    }

    /// All copies, by name.
    pub async fn list(&self) -> Result<Vec<Copy>> {
        let mut found = Vec::new();
        if self.db.engine() == Engine::Postgres {
            for row in self.db.query(&LIST, &[]).await? {
                let (schema, told): (String, Option<String>) = (row.get(0)?, row.get(1)?);
                let micros = told.and_then(|told| told.parse().ok()).unwrap_or(0);
                found.push(Copy {
                    name: schema.trim_start_matches("snapshot-").to_owned(),
                    made_at: Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH),
                    bytes: row.get::<i64>(2)?.unsigned_abs(),
                });
            }
            return Ok(found);
        }
        if !self.directory.is_dir() {
            return Ok(found);
        }
        for entry in std::fs::read_dir(&self.directory).map_err(io)? {
            let path = entry.map_err(io)?.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            if path.extension().is_some_and(|extension| extension == "sqlite") && Copies::is_name(name) {
                let about = path.metadata().map_err(io)?;
                let made = about.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
                found.push(Copy {
                    name: name.to_owned(),
                    made_at: made.unwrap_or(Timestamp::UNIX_EPOCH),
                    bytes: about.len(),
                });
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Copies the database as it stands; a copy of this name is replaced.
    pub async fn save(&self, name: &str, schema: &Schema, at: Timestamp) -> Result<()> {
        match &self.db.0 {
            Inner::Sqlite(sqlite) => {
                let (from, to) = (sqlite.path().await?, self.file(name));
                let copy = move || {
                    let fail = |e| sqlite::engine_error("save copy", e);
                    let partial = to.with_extension("part");
                    std::fs::create_dir_all(to.parent().unwrap_or(Path::new("."))).map_err(io)?;
                    if partial.exists() {
                        std::fs::remove_file(&partial).map_err(io)?;
                    }
                    // A connection of its own: it only reads, so the writer goes on.
                    let conn = Connection::open(from).map_err(fail)?;
                    conn.execute("VACUUM INTO ?1", [partial.display().to_string()]).map_err(fail)?;
                    std::fs::rename(&partial, &to).map_err(io)
                };
                tokio::task::spawn_blocking(copy).await.map_err(|e| Error::engine("save copy", e))?
            }
            Inner::Postgres(postgres) => {
                let mut tx = postgres.begin_heavy("save copy").await?;
                let begin = format!(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout = 0; \
                     DROP SCHEMA IF EXISTS \"snapshot-{name}\" CASCADE; CREATE SCHEMA \"snapshot-{name}\"; \
                     COMMENT ON SCHEMA \"snapshot-{name}\" IS '{}';",
                    at.as_microsecond()
                );
                tx.batch(&begin).await?;
                for table in names(schema).chain(["db_migration"]) {
                    let copy = format!("CREATE TABLE \"snapshot-{name}\".\"{table}\" AS TABLE \"{table}\"");
                    tx.batch(&copy).await?;
                }
                tx.commit().await
            }
        }
    }

    /// Makes the database what it was when the copy was made, in one transaction that ends with `after`; nothing is begun
    /// meanwhile. Answers whether there is such a copy.
    pub async fn restore(&self, name: &str, schema: &Schema, after: &'static [&'static Sql]) -> Result<bool> {
        if !self.list().await?.iter().any(|copy| copy.name == name) {
            return Ok(false);
        }
        match &self.db.0 {
            Inner::Sqlite(sqlite) => {
                let (from, schema) = (self.file(name), schema.clone());
                let work = move |conn: &Connection| {
                    let fail = |e| sqlite::engine_error("restore copy", e);
                    conn.execute("ATTACH ?1 AS copy", [from.display().to_string()]).map_err(fail)?;
                    let done = bring_back(conn, &schema, after);
                    if !conn.is_autocommit() {
                        conn.execute_batch("ROLLBACK").map_err(fail)?;
                    }
                    conn.execute_batch("PRAGMA foreign_keys = ON; DETACH copy").map_err(fail)?;
                    done
                };
                alone(sqlite, work).await?;
            }
            Inner::Postgres(postgres) => {
                // Taking all tables may collide with transactions that hold some: then once more.
                let mut attempts = 0;
                loop {
                    let mut tx = postgres.begin_heavy("restore copy").await?;
                    match bring_back_on_postgres(&mut tx, name, schema, after).await {
                        Ok(()) => break tx.commit().await?,
                        Err(error) if error.is_retry() && attempts < 5 => attempts += 1,
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Ok(true)
    }

    /// Throws a copy away; answers whether there was one.
    pub async fn delete(&self, name: &str) -> Result<bool> {
        if !self.list().await?.iter().any(|copy| copy.name == name) {
            return Ok(false);
        }
        match &self.db.0 {
            Inner::Sqlite(_) => std::fs::remove_file(self.file(name)).map_err(io)?,
            Inner::Postgres(postgres) => {
                let mut tx = postgres.begin_heavy("delete copy").await?;
                tx.batch(&format!("DROP SCHEMA \"snapshot-{name}\" CASCADE")).await?;
                tx.commit().await?;
            }
        }
        Ok(true)
    }
}

async fn alone(sqlite: &Sqlite, work: impl FnOnce(&Connection) -> Result<()> + Send + 'static) -> Result<()> {
    sqlite.alone("restore copy", work).await
}

fn names(schema: &Schema) -> impl DoubleEndedIterator<Item = &str> {
    schema.tables.iter().map(|table| table.name.as_str())
}

fn other_tables() -> Error {
    Error::Archive("the snapshot was made with other tables, by another version; save it anew".into())
}

fn bring_back(conn: &Connection, schema: &Schema, after: &[&Sql]) -> Result<()> {
    let fail = |e| sqlite::engine_error("restore copy", e);
    let differ = "SELECT count(*) FROM (SELECT * FROM (SELECT * FROM main.db_migration EXCEPT SELECT * FROM copy.db_migration) \
                  UNION ALL SELECT * FROM (SELECT * FROM copy.db_migration EXCEPT SELECT * FROM main.db_migration))";
    if conn.query_row(differ, [], |row| row.get::<_, i64>(0)).map_err(fail)? > 0 {
        return Err(other_tables());
    }
    // Tables of one shape, the one empty, no keys to look up: then the engine copies pages' content as it is.
    conn.execute_batch("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE").map_err(fail)?;
    for table in names(schema) {
        let copy = format!(
            "DELETE FROM main.\"{table}\"; INSERT INTO main.\"{table}\" SELECT * FROM copy.\"{table}\""
        );
        conn.execute_batch(&copy).map_err(fail)?;
    }
    for sql in after {
        sqlite::run_execute(conn, sql.name(), sql.sqlite(), &[])?;
    }
    conn.execute_batch("COMMIT").map_err(fail)
}

async fn bring_back_on_postgres(
    tx: &mut PgTx,
    name: &str,
    schema: &Schema,
    after: &[&'static Sql],
) -> Result<()> {
    tx.batch("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '5s'").await?;
    let differ = format!(
        "SELECT block FROM ((TABLE db_migration EXCEPT TABLE \"snapshot-{name}\".db_migration) \
         UNION ALL (TABLE \"snapshot-{name}\".db_migration EXCEPT TABLE db_migration)) x LIMIT 1"
    );
    if !tx.query(&Sql::dynamic("copies.differ", differ), &[]).await?.is_empty() {
        return Err(other_tables());
    }
    let all: Vec<_> = names(schema).map(|table| format!("\"{table}\"")).collect();
    tx.batch(&format!("TRUNCATE {}", all.join(", "))).await?;
    for table in &schema.tables {
        let (own, list) = (&table.name, table.column_list());
        let copy =
            format!("INSERT INTO \"{own}\" ({list}) SELECT {list} FROM \"snapshot-{name}\".\"{own}\";");
        tx.batch(&(copy + &table.continue_numbers())).await?;
    }
    for sql in after {
        tx.execute(sql, &[]).await?;
    }
    Ok(())
}
