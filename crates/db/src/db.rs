//! The handle that everyone holds.

use std::{sync::Arc, time::Duration};
use telemetry::span::{self, Kind, Told, Value::Text};

use crate::{
    Durability, Error, MaybeRetry, MigrationSet, Options, Pooling, Result, Row, Sql, Tx, Value, migrate,
    postgres::Postgres, sqlite::Sqlite,
};

/// Which engine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded engine.
    Sqlite,
    /// A server.
    Postgres,
}

/// The database. Cheap to clone; all clones are one database.
#[derive(Clone)]
pub struct Db(pub(crate) Inner, Reads);

/// Whether reads outside transactions may be a little old.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    Fresh,
    Stale,
}

#[derive(Clone)]
pub(crate) enum Inner {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.engine())
    }
}

impl Db {
    /// Opens `sqlite:PATH?durability=full|normal` or `postgres://…`.
    pub async fn open(url: &str, options: Options) -> Result<Db> {
        if url.starts_with("sqlite:") {
            if options.replica.is_some() || options.pooling != Pooling::Session {
                return Err(Error::Url("a replica and a pooler belong to PostgreSQL".into()));
            }
            return Ok(Db(Inner::Sqlite(Sqlite::open(url, options).await?), Reads::Fresh));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Db(Inner::Postgres(Postgres::open(url, options).await?), Reads::Fresh));
        }
        Err(Error::Url("wanted sqlite:PATH or postgres://…".into()))
    }

    /// Which engine runs.
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// The same database, whose reads outside transactions may go to the replica, if one is configured, and be older
    /// by up to [`Options::replica_lag`]. For registers and lists; never for rights, sessions or replay protection, nor
    /// for what the caller may just have written.
    pub fn stale_ok(&self) -> Db {
        Db(self.0.clone(), Reads::Stale)
    }

    /// All rows of a read.
    pub async fn query(&self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        let work = async {
            match &self.0 {
                Inner::Sqlite(sqlite) => sqlite.query(sql, params).await,
                Inner::Postgres(postgres) if self.1 == Reads::Stale => {
                    postgres.query_stale(sql, params).await
                }
                Inner::Postgres(postgres) => postgres.query(sql, params).await,
            }
        };
        span::part(Kind::Client, sql.name(), work, span::outcome).await
    }

    /// The only row of a read, if there is one.
    pub async fn query_opt(&self, sql: &Sql, params: &[Value]) -> Result<Option<Row>> {
        at_most_one(sql, self.query(sql, params).await?)
    }

    /// The only row of a read.
    pub async fn query_one(&self, sql: &Sql, params: &[Value]) -> Result<Row> {
        self.query_opt(sql, params).await?.ok_or(Error::NoRow(sql.name()))
    }

    /// Begins a transaction. The label names it in errors and metrics. Dropped without `commit` = rolled back. Prefer
    /// [`write_tx!`](crate::write_tx), which runs again what the engine threw away.
    pub async fn begin(&self, label: &'static str) -> Result<Tx> {
        let work = async {
            match &self.0 {
                Inner::Sqlite(sqlite) => Ok(Tx::sqlite(label, sqlite.begin(label).await?)),
                Inner::Postgres(postgres) => Ok(Tx::postgres(label, postgres.begin(label).await?)),
            }
        };
        span::part(Kind::Client, "begin", work, of(label)).await
    }

    /// Applies the migrations that are not applied yet.
    pub async fn migrate(&self, sets: &[MigrationSet]) -> Result<()> {
        migrate::run(self, sets).await
    }

    /// Prepares every statement without running it; answers those that the engine refuses.
    pub async fn prepare_all(&self, lists: &[&[&Sql]]) -> Result<(), Vec<(&'static str, Error)>> {
        let mut refused = Vec::new();
        for sql in lists.iter().flat_map(|list| list.iter()) {
            let done = match &self.0 {
                Inner::Sqlite(sqlite) => sqlite.prepare(sql).await,
                Inner::Postgres(postgres) => postgres.prepare(sql).await,
            };
            if let Err(error) = done {
                refused.push((sql.name(), error));
            }
        }
        if refused.is_empty() { Ok(()) } else { Err(refused) }
    }

    /// The engine's plan for a statement whatever its parameters, one line per step. Limits count as a hundred rows.
    pub async fn explain(&self, sql: &Sql) -> Result<Vec<String>> {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.explain(sql).await,
            Inner::Postgres(postgres) => postgres.explain(sql).await,
        }
    }

    /// What the engine answers now about surviving a loss of power.
    pub async fn durability(&self) -> Result<Durability> {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.durability().await,
            Inner::Postgres(postgres) => postgres.durability().await,
        }
    }

    /// A value kept with the database itself, such as the profile it was made for.
    pub async fn meta_get(&self, key: &str) -> Result<Option<String>> {
        self.query_opt(&migrate::META_GET, &crate::params![key]).await?.map(|row| row.get(0)).transpose()
    }

    /// Keeps a value with the database itself.
    pub async fn meta_set(&self, key: &str, value: &str) -> Result<()> {
        crate::write_tx!(self, "db.meta_set", |tx| { tx.meta_set(key, value).await })
    }

    /// Closes: nothing more is begun, what is committed is on disk, a SQLite file is free for another process.
    pub async fn close(&self) -> Result<()> {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.close().await,
            Inner::Postgres(postgres) => {
                postgres.close();
                Ok(())
            }
        }
    }

    /// How many wait for the writer of SQLite, or for a connection to PostgreSQL. A measure of load.
    pub fn waiting(&self) -> usize {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.waiting(),
            Inner::Postgres(postgres) => postgres.waiting(),
        }
    }

    /// Sets the gauges `db_waiting`, `db_connections_in_use` and `db_wal_bytes` as things stand.
    pub fn observe(&self) {
        let number = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        metrics::gauge!("db_waiting").set(number(self.waiting()));
        match &self.0 {
            Inner::Sqlite(sqlite) => {
                if let Some(size) = sqlite.wal_bytes() {
                    metrics::gauge!("db_wal_bytes").set(size);
                }
            }
            Inner::Postgres(postgres) => {
                metrics::gauge!("db_connections_in_use").set(number(postgres.in_use()));
            }
        }
    }

    /// The attempts of one [`write_tx!`](crate::write_tx).
    #[doc(hidden)]
    pub fn attempts(&self, label: &'static str) -> Attempts {
        Attempts { db: self.clone(), label, made: 1 }
    }
}

/// Tells which transaction begins or ends.
pub(crate) fn of<T>(label: &'static str) -> impl FnOnce(&Result<T>, &mut Told) {
    move |done, told| {
        told.attributes.push(("allting.transaction", Text(label.into())));
        span::outcome(done, told);
    }
}

pub(crate) fn at_most_one(sql: &Sql, mut rows: Vec<Row>) -> Result<Option<Row>> {
    match rows.len() {
        0 | 1 => Ok(rows.pop()),
        _ => Err(Error::ManyRows(sql.name())),
    }
}

/// Counts the attempts of one [`write_tx!`](crate::write_tx).
#[doc(hidden)]
#[derive(Debug)]
pub struct Attempts {
    db: Db,
    label: &'static str,
    made: u32,
}

impl Attempts {
    const MOST: u32 = 5;

    /// Begins the transaction of this attempt.
    pub async fn begin(&self) -> Result<Tx> {
        self.db.begin(self.label).await
    }

    /// Whether the failed attempt may be followed by another.
    pub fn again(&mut self, error: &impl MaybeRetry) -> bool {
        let again = self.made < Self::MOST && error.db_error().is_some_and(Error::is_retry);
        self.made += 1;
        if again {
            metrics::counter!("db_tx_retries", "label" => self.label).increment(1);
        }
        again
    }

    /// Waits a little, so that those who collided do not collide again.
    pub async fn pause(&self) {
        use std::hash::{BuildHasher as _, RandomState};
        let most = 1 << self.made.min(6);
        let jitter = RandomState::new().hash_one(self.made) % most;
        tokio::time::sleep(Duration::from_millis(jitter)).await;
    }
}

/// Runs a block as a transaction, again when the engine undid it (at most 5 times): the block holds nothing but SQL.
///
/// `let id = write_tx!(db, "dialog.create", |tx| { store::insert(tx, …).await?; Ok::<_, Error>(id) })?;`
/// `tx` is a `&mut Tx`. The error type needs `From<db::Error>` and [`MaybeRetry`]. Inside the block, `return` and `?` leave
/// the block, not the function. The value of the macro is the `Result`.
#[macro_export]
macro_rules! write_tx {
    ($db:expr, $label:expr, |$tx:ident| $body:block) => {{
        let mut attempts = $db.attempts($label);
        loop {
            let done = match attempts.begin().await {
                Ok(mut owned) => {
                    let done = {
                        let $tx = &mut owned;
                        async { $body }.await
                    };
                    match done {
                        Ok(value) => match owned.commit().await {
                            Ok(()) => Ok(value),
                            Err(error) => Err(::std::convert::From::<$crate::Error>::from(error)),
                        },
                        Err(error) => {
                            owned.rollback().await;
                            Err(error)
                        }
                    }
                }
                Err(error) => Err(::std::convert::From::<$crate::Error>::from(error)),
            };
            match done {
                Err(error) if attempts.again(&error) => {
                    ::std::mem::drop(error);
                    attempts.pause().await;
                }
                done => break done,
            }
        }
    }};
}
