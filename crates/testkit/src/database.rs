//! A fresh migrated database per test.

use std::path::PathBuf;

use db::{Db, Engine, MigrationSet, Options, Pooling};

use crate::{TempDir, server};

/// A database of its own for one test; `db` is open and migrated.
#[derive(Debug)]
pub struct TestDb {
    /// The database.
    pub db: Db,
    url: String,
    dir: Option<TempDir>,
    /// Server and name of a database to drop at the end.
    drop: Option<(String, String)>,
}

impl TestDb {
    /// A SQLite file, copied from a template that is migrated once per set of migrations.
    pub async fn sqlite(sets: &[MigrationSet]) -> TestDb {
        let template = template(sets).await;
        let dir = TempDir::new();
        let file = dir.join("test.db");
        std::fs::copy(&template, &file).unwrap_or_else(|e| panic!("{}: {e}", template.display()));
        // Tests do not lose power: NORMAL saves the syncs.
        let url = format!("sqlite:{}?durability=normal", file.display());
        let db = open(&url).await;
        TestDb { db, url, dir: Some(dir), drop: None }
    }

    /// A database of the server under `server`, made from a template that is migrated once per set of migrations.
    pub async fn postgres(server: &str, sets: &[MigrationSet]) -> TestDb {
        let name = server::from_template(server, sets).await;
        let front = pooler();
        let url = server::with_database(front.as_deref().unwrap_or(server), &name);
        let pooling = if front.is_some() { Pooling::Transaction } else { Pooling::Session };
        let options = Options { pool: 8, pooling, ..Options::default() };
        let db = Db::open(&url, options).await.unwrap_or_else(|e| panic!("{name}: {e}"));
        TestDb { db, url, dir: None, drop: Some((server.to_owned(), name)) }
    }

    /// A database on the given engine, or nothing when PostgreSQL is wanted and `ALLTING_TEST_PG` is not set.
    pub async fn on(engine: Engine, sets: &[MigrationSet]) -> Option<TestDb> {
        match engine {
            Engine::Sqlite => Some(TestDb::sqlite(sets).await),
            Engine::Postgres => {
                let server = std::env::var("ALLTING_TEST_PG").ok().filter(|url| !url.is_empty())?;
                Some(TestDb::postgres(&server, sets).await)
            }
        }
    }

    /// Settings with which it can be opened again.
    pub fn options(&self) -> Options {
        let pooled = self.drop.is_some() && pooler().is_some();
        let pooling = if pooled { Pooling::Transaction } else { Pooling::Session };
        Options { pooling, ..Options::default() }
    }

    /// The URL under which it can be opened again after `db.close()`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Closes and removes it.
    pub async fn close(self) {
        drop(self.db.close().await);
        drop(self.dir);
        if let Some((server, name)) = self.drop {
            server::remove(&server, &name).await;
        }
    }
}

/// A pooler in front of the server, when `ALLTING_TEST_PGBOUNCER` names one.
fn pooler() -> Option<String> {
    std::env::var("ALLTING_TEST_PGBOUNCER").ok().filter(|url| !url.is_empty())
}

async fn open(url: &str) -> Db {
    Db::open(url, Options::default()).await.unwrap_or_else(|e| panic!("{url}: {e}"))
}

/// The template file for these migrations; made under another name and renamed, since tests run in parallel processes.
async fn template(sets: &[MigrationSet]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("allting-template-{}.db", db::fingerprint(sets)));
    if path.exists() {
        return path;
    }
    let dir = TempDir::new();
    let file = dir.join("template.db");
    let db = open(&format!("sqlite:{}?durability=normal", file.display())).await;
    db.migrate(sets).await.unwrap_or_else(|e| panic!("{e}"));
    db.close().await.unwrap_or_else(|e| panic!("{e}"));
    std::fs::rename(&file, &path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    path
}
