//! What nodes share: a directory, a database, settings.

use super::{Node, until};
use db::{Db, Options};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use testkit::{Engine, TempDir, TestDb};

/// Time without a finished job after which it is worth looking whether any is left.
const QUIET: Duration = Duration::from_millis(500);

/// A place for one node on SQLite, or for several on PostgreSQL.
pub struct Site {
    directory: TempDir,
    database: Option<TestDb>,
    url: String,
    settings: Vec<(String, String)>,
    wrapper: Vec<String>,
    started: AtomicUsize,
}

impl Site {
    /// Empty, on `engine`; nothing when PostgreSQL is wanted and none is given for tests.
    pub async fn on(engine: Engine) -> Option<Self> {
        let directory = TempDir::new();
        if engine == Engine::Sqlite {
            let url = format!("sqlite:{}", directory.join("allting.sqlite").display());
            return Some(Self::new(directory, url, None));
        }
        let database = TestDb::on(engine, &[]).await?;
        let url = database.url().to_owned();
        Some(Self::new(directory, url, Some(database)))
    }

    /// On a database that is there already.
    pub fn at(url: String) -> Self {
        Self::new(TempDir::new(), url, None)
    }

    fn new(directory: TempDir, url: String, database: Option<TestDb>) -> Self {
        let site = Self {
            directory,
            database,
            url,
            settings: vec![],
            wrapper: vec![],
            started: AtomicUsize::new(0),
        };
        site.with("population.persons", "60").with("population.organisations", "40")
    }

    /// With a setting of `default.toml`.
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.push((key.to_owned(), value.to_owned()));
        self
    }

    /// With a program that runs the node, as `strace` does.
    pub fn under(mut self, wrapper: &[&str]) -> Self {
        self.wrapper = wrapper.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// A path in the shared directory.
    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.join(name)
    }

    /// One more node, which must become ready.
    pub async fn start(&self) -> Node {
        self.try_start().await.unwrap_or_else(|log| panic!("the node did not start: {log}"))
    }

    /// One more node, or the log of one that would not start.
    pub async fn try_start(&self) -> Result<Node, String> {
        let program = env!("CARGO_BIN_EXE_allting").to_owned();
        let words: Vec<&String> = self.wrapper.iter().chain([&program]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(["serve", "--listen", "127.0.0.1:0"]);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ALLTING_")) {
            command.env_remove(name);
        }
        command.env("ALLTING_LOG", "warn");
        if self.url.starts_with("postgres") {
            command.env("ALLTING_DB", &self.url);
        }
        // Proxies of the machine have no business here.
        command.env("no_proxy", "127.0.0.1").env("ALLTING_DATA", self.directory.path());
        for (key, value) in &self.settings {
            command.env(format!("ALLTING_{}", key.replace('.', "__").to_uppercase()), value);
        }
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        Node::run(command, self.path(&format!("node-{number}.log"))).await
    }

    /// The database, to look at. On SQLite only while no node runs.
    pub async fn db(&self) -> Db {
        match &self.database {
            Some(database) => database.db.clone(),
            None => Db::open(&self.url, Options::default()).await.unwrap(),
        }
    }

    /// Lets a node work until no job is left, stops it, and answers the database.
    pub async fn settled(&self) -> Db {
        until("the end of all jobs", async || {
            let node = self.start().await;
            if self.url.starts_with("postgres") {
                let db = self.db().await;
                until("the end of all jobs", async || (open_jobs(&db).await == 0).then_some(())).await;
            } else {
                // Its file is the node's alone as long as it runs.
                let mut before = String::new();
                until("a node that has no more jobs", async || {
                    tokio::time::sleep(QUIET).await;
                    let now = node.finished_jobs().await;
                    (std::mem::replace(&mut before, now.clone()) == now).then_some(())
                })
                .await;
            }
            let stopped = node.stop().await;
            assert!(stopped.success(), "{stopped}");
            let db = self.db().await;
            if open_jobs(&db).await == 0 {
                return Some(db);
            }
            db.close().await.unwrap();
            None
        })
        .await
    }

    /// Removes the database.
    pub async fn end(self) {
        if let Some(database) = self.database {
            database.close().await;
        }
    }
}

async fn open_jobs(db: &Db) -> i64 {
    let sql = db::Sql::new("test.open_jobs", "SELECT COUNT(*) FROM outbox WHERE NOT dead");
    db.query_one(&sql, &[]).await.unwrap().get(0).unwrap()
}
