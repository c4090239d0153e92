//! PostgreSQL: a pool for ordinary work, one for heavy reads and migrations.

mod map;
mod numeric;
mod tx;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use tokio_postgres::{NoTls, types::ToSql};

pub(crate) use tx::PgTx;

use crate::{Cost, Durability, Engine, Error, Level, Options, Result, Row, Sql, Value};

/// What durability rests on.
static SETTINGS: Sql = Sql::new(
    "db.settings",
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name",
);

pub(crate) struct Postgres {
    pool: Pool,
    heavy: Pool,
    options: Options,
    /// Labels of the open transactions, to name those that fill the pool.
    holders: Mutex<Vec<&'static str>>,
}

impl Postgres {
    pub(crate) async fn open(url: &str, options: Options) -> Result<Arc<Postgres>> {
        let config: tokio_postgres::Config = url.parse().map_err(|e: tokio_postgres::Error| {
            // Neither the URL nor the parser's quotation of it: it may hold a password.
            Error::Url(std::error::Error::source(&e).map_or("not understood".into(), ToString::to_string))
        })?;
        let heavy = (options.pool / 4).max(3);
        let postgres = Arc::new(Postgres {
            pool: pool(&config, options.pool.max(1), options.statement_timeout, &options)?,
            heavy: pool(&config, heavy, options.heavy_timeout, &options)?,
            options,
            holders: Mutex::default(),
        });
        let durability = postgres.durability().await?;
        if durability.level != Level::Full {
            if postgres.options.demand_durable {
                return Err(Error::Url(format!("the server may lose what it acknowledged: {durability}")));
            }
            tracing::warn!(%durability, "the server may lose what it acknowledged");
        }
        Ok(postgres)
    }

    /// The server's settings as they hold for a session of ours.
    pub(crate) async fn durability(&self) -> Result<Durability> {
        let mut details = Vec::new();
        for row in self.query(&SETTINGS, &[]).await? {
            let name: String = row.get(0)?;
            let known = ["fsync", "full_page_writes", "synchronous_commit"].into_iter().find(|n| *n == name);
            details.extend(known.map(|known| row.get(1).map(|value: String| (known, value))).transpose()?);
        }
        let off = |name| details.iter().any(|(n, value)| *n == name && value == "off");
        let level = match (off("fsync") || off("full_page_writes"), off("synchronous_commit")) {
            (true, _) => Level::Unsafe,
            (false, true) => Level::Normal,
            (false, false) => Level::Full,
        };
        Ok(Durability { engine: Engine::Postgres, level, details })
    }

    /// Reads; once more on another connection when the server undid the first, since a read leaves nothing behind.
    pub(crate) async fn query(&self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        let pool = if sql.cost() == Cost::Heavy { &self.heavy } else { &self.pool };
        match run_query(&self.get(pool).await?, sql, params).await {
            Err(Error::Retry(_)) => run_query(&self.get(pool).await?, sql, params).await,
            done => done,
        }
    }

    /// Prepares a statement without running it.
    pub(crate) async fn prepare(&self, sql: &Sql) -> Result<()> {
        let client = self.get(&self.pool).await?;
        let statement = client.prepare(sql.postgres()).await.map_err(|e| map::engine_error(sql.name(), e))?;
        for (column, is) in statement.columns().iter().enumerate() {
            if !map::readable(is.type_()) {
                let reason = format!("columns of type {} are not read", is.type_());
                return Err(Error::Decode { statement: sql.name(), column, reason });
            }
        }
        Ok(())
    }

    pub(crate) async fn begin(self: &Arc<Self>, label: &'static str) -> Result<PgTx> {
        PgTx::begin(self.clone(), self.get(&self.pool).await?, label).await
    }

    /// A transaction of a migration, which may run long.
    pub(crate) async fn begin_heavy(self: &Arc<Self>, label: &'static str) -> Result<PgTx> {
        PgTx::begin(self.clone(), self.get(&self.heavy).await?, label).await
    }

    pub(crate) fn close(&self) {
        self.pool.close();
        self.heavy.close();
    }

    async fn get(&self, pool: &Pool) -> Result<Object> {
        pool.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => {
                Error::Busy { holder: self.lock_holders().join(", "), waited: self.options.begin_wait }
            }
            PoolError::Closed => Error::Closed,
            PoolError::Backend(error) => match map::engine_error("connect", error) {
                // Nobody is there; running again at once would find nobody again.
                Error::Retry(why) => Error::Storage(why),
                error => error,
            },
            other => Error::engine("connect", other),
        })
    }

    fn lock_holders(&self) -> std::sync::MutexGuard<'_, Vec<&'static str>> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, label: &'static str) {
        self.lock_holders().push(label);
    }

    fn let_go(&self, label: &'static str) {
        let mut holders = self.lock_holders();
        if let Some(at) = holders.iter().position(|held| *held == label) {
            holders.swap_remove(at);
        }
    }
}

fn pool(config: &tokio_postgres::Config, size: usize, timeout: Duration, options: &Options) -> Result<Pool> {
    let mut config = config.clone();
    let settings =
        format!("{} -c statement_timeout={}", config.get_options().unwrap_or(""), timeout.as_millis());
    config.options(settings.trim());
    if config.get_application_name().is_none() {
        config.application_name("allting");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(options.begin_wait);
    }
    let manager =
        Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    Pool::builder(manager)
        .max_size(size)
        .wait_timeout(Some(options.begin_wait))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|e| Error::engine("open pool", e))
}

async fn prepare(client: &Object, sql: &Sql, params: usize) -> Result<tokio_postgres::Statement> {
    let prepared = client.prepare_cached(sql.postgres()).await;
    let statement = prepared.map_err(|e| map::engine_error(sql.name(), e))?;
    let want = statement.params().len();
    if want != params {
        let reason = format!("wanted {want} parameters, found {params}");
        return Err(Error::Bind { statement: sql.name(), reason });
    }
    Ok(statement)
}

fn refs(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as _).collect()
}

/// A failure whose remedy is a fresh plan: the next run prepares again.
fn failed(client: &Object, sql: &Sql, error: tokio_postgres::Error) -> Error {
    if error.code() == Some(&tokio_postgres::error::SqlState::FEATURE_NOT_SUPPORTED) {
        client.statement_cache.clear();
    }
    map::engine_error(sql.name(), error)
}

async fn run_query(client: &Object, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
    let statement = prepare(client, sql, params.len()).await?;
    let rows = client.query(&statement, &refs(params)).await.map_err(|e| failed(client, sql, e))?;
    rows.iter().map(|row| map::row(sql.name(), row)).collect()
}

async fn run_execute(client: &Object, sql: &Sql, params: &[Value]) -> Result<u64> {
    let statement = prepare(client, sql, params.len()).await?;
    client.execute(&statement, &refs(params)).await.map_err(|e| failed(client, sql, e))
}

/// Sends the statement for all rows without waiting in between.
async fn run_many<P: AsRef<[Value]>>(client: &Object, sql: &Sql, rows: &[P]) -> Result<u64> {
    let Some(first) = rows.first() else { return Ok(0) };
    let statement = &prepare(client, sql, first.as_ref().len()).await?;
    let sent = rows.iter().map(|params| async move {
        client.execute(statement, &refs(params.as_ref())).await.map_err(|e| failed(client, sql, e))
    });
    Ok(futures_util::future::try_join_all(sent).await?.into_iter().sum())
}
