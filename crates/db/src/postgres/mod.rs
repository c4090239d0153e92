//! PostgreSQL: a pool for ordinary work, one for heavy reads and migrations.

mod map;
mod numeric;
mod replica;
mod run;
mod tls;
mod tx;
mod url;

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use tokio_postgres::NoTls;

pub(crate) use map::{engine_error, row};
use replica::Replica;
pub(crate) use run::refs;
use run::{Sending, Types};
pub(crate) use tx::PgTx;
use url::Target;

use crate::{Cost, Durability, Engine, Error, Level, Options, Pooling, Result, Row, Sql, Value};

/// What durability rests on.
static SETTINGS: Sql = Sql::new(
    "db.settings",
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name",
);

pub(crate) struct Postgres {
    pool: Pool,
    heavy: Pool,
    options: Options,
    sending: Sending,
    replica: Option<Replica>,
    /// Labels of the open transactions, to name those that fill the pool.
    holders: Mutex<Vec<&'static str>>,
}

impl Postgres {
    pub(crate) async fn open(url: &str, options: Options) -> Result<Arc<Postgres>> {
        let mut postgres = Postgres::new(url, &options)?;
        if let Some(url) = &options.replica {
            postgres.replica = Some(Replica::new(Arc::new(Postgres::new(url, &options)?)));
        }
        let postgres = Arc::new(postgres);
        let durability = postgres.durability().await?;
        if durability.level != Level::Full {
            if postgres.options.demand_durable {
                return Err(Error::Url(format!("the server may lose what it acknowledged: {durability}")));
            }
            tracing::warn!(%durability, "the server may lose what it acknowledged");
        }
        if postgres.replica.is_some() {
            replica::watch(&postgres);
        }
        Ok(postgres)
    }

    fn new(url: &str, options: &Options) -> Result<Postgres> {
        let target = url::parse(url)?;
        if options.demand_tls && target.is_exposed() {
            let why = "a server on another machine needs sslmode=require, verify-ca or verify-full";
            return Err(Error::Url(why.into()));
        }
        let heavy = (options.pool / 4).max(3);
        Ok(Postgres {
            pool: pool(&target, options.pool.max(1), options.statement_timeout, options)?,
            heavy: pool(&target, heavy, options.heavy_timeout, options)?,
            options: options.clone(),
            sending: match options.pooling {
                Pooling::Session => Sending::Named,
                Pooling::Transaction => Sending::Unnamed(Types::default()),
            },
            replica: None,
            holders: Mutex::default(),
        })
    }

    /// The server's settings as they hold for a session of ours.
    pub(crate) async fn durability(self: &Arc<Self>) -> Result<Durability> {
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
    pub(crate) async fn query(self: &Arc<Self>, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        match self.query_once(sql, params).await {
            Err(Error::Retry(_)) => self.query_once(sql, params).await,
            done => done,
        }
    }

    /// Reads from the replica, if there is one that is young enough.
    pub(crate) async fn query_stale(self: &Arc<Self>, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        if let Some(replica) = &self.replica
            && let Some(done) = replica.query(sql, params).await
        {
            return done;
        }
        self.query(sql, params).await
    }

    async fn query_once(self: &Arc<Self>, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        let pool = if sql.cost() == Cost::Heavy { &self.heavy } else { &self.pool };
        let client = self.get(pool).await?;
        let Sending::Unnamed(types) = &self.sending else {
            return self.sending.query(&client, sql, params).await;
        };
        let limit = self.options.longest(sql.cost());
        let Some(types) = types.known(sql) else {
            let mut tx = PgTx::begin(self.clone(), client, sql.name(), limit).await?;
            let done = tx.query(sql, params).await;
            tx.rollback().await;
            return done;
        };
        // All three are sent before the first is waited for, and so together or not at all.
        let begin = self.begin_text(limit);
        let (begun, done, ended) = futures_util::future::join3(
            client.batch_execute(&begin),
            self.sending.query_known(&client, sql, &types, params),
            client.batch_execute("COMMIT"),
        )
        .await;
        begun.map_err(|e| map::engine_error(sql.name(), e))?;
        let done = done?;
        ended.map_err(|e| map::engine_error(sql.name(), e))?;
        Ok(done)
    }

    /// Prepares a statement without running it.
    pub(crate) async fn prepare(self: &Arc<Self>, sql: &Sql) -> Result<()> {
        let client = self.get(&self.pool).await?;
        // In a transaction, so that a pooler leaves the name where it was given.
        let tx = PgTx::begin(self.clone(), client, "prepare", self.options.statement_timeout).await?;
        let prepared = tx.prepare(sql).await;
        tx.rollback().await;
        for (column, is) in prepared?.columns().iter().enumerate() {
            if !map::readable(is.type_()) {
                let reason = format!("columns of type {} are not read", is.type_());
                return Err(Error::Decode { statement: sql.name(), column, reason });
            }
        }
        Ok(())
    }

    /// The plan of a statement that fits all parameters, one line per step.
    pub(crate) async fn explain(self: &Arc<Self>, sql: &Sql) -> Result<Vec<String>> {
        let client = self.get(&self.heavy).await?;
        let mut tx = PgTx::begin(self.clone(), client, "explain", self.options.heavy_timeout).await?;
        let types = tx.prepare(sql).await?.params().to_vec();
        let names: Vec<_> = types.iter().map(tokio_postgres::types::Type::name).collect();
        let (types, nulls) = match names.len() {
            0 => (String::new(), String::new()),
            count => (format!("({})", names.join(", ")), format!("({})", vec!["NULL"; count].join(", "))),
        };
        tx.batch(&format!(
            "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE explained{types} AS {}",
            limited(sql.postgres())
        ))
        .await?;
        let explain = Sql::dynamic(sql.name(), format!("EXPLAIN EXECUTE explained{nulls}"));
        let plan = tx.query(&explain, &[]).await?;
        tx.batch("DEALLOCATE explained").await?;
        tx.rollback().await;
        plan.iter().map(|row| row.get(0)).collect()
    }

    pub(crate) async fn begin(self: &Arc<Self>, label: &'static str) -> Result<PgTx> {
        let client = self.get(&self.pool).await?;
        PgTx::begin(self.clone(), client, label, self.options.statement_timeout).await
    }

    /// A transaction of a migration, which may run long.
    pub(crate) async fn begin_heavy(self: &Arc<Self>, label: &'static str) -> Result<PgTx> {
        let client = self.get(&self.heavy).await?;
        PgTx::begin(self.clone(), client, label, self.options.heavy_timeout).await
    }

    /// Who waits for a connection of either pool.
    pub(crate) fn waiting(&self) -> usize {
        self.pool.status().waiting + self.heavy.status().waiting
    }

    /// Connections that somebody holds.
    pub(crate) fn in_use(&self) -> usize {
        let held = |pool: &Pool| pool.status().size.saturating_sub(pool.status().available);
        held(&self.pool) + held(&self.heavy)
    }

    pub(crate) fn close(&self) {
        self.pool.close();
        self.heavy.close();
        if let Some(replica) = &self.replica {
            replica.close();
        }
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

    /// The text that begins a transaction. Behind a pooler a setting holds for one transaction; a connection of our own
    /// has it from the start.
    fn begin_text(&self, limit: Duration) -> Cow<'static, str> {
        match self.sending {
            Sending::Named => "BEGIN".into(),
            Sending::Unnamed(_) => {
                format!("BEGIN; SET LOCAL statement_timeout = {}", limit.as_millis()).into()
            }
        }
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

/// `LIMIT $n` as a page: of an unknown limit the server expects a tenth of all rows.
fn limited(text: &str) -> String {
    let mut parts = text.split("LIMIT $");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("LIMIT 100");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}

fn pool(target: &Target, size: usize, timeout: Duration, options: &Options) -> Result<Pool> {
    let mut config = target.config.clone();
    if options.pooling == Pooling::Session {
        let settings =
            format!("{} -c statement_timeout={}", config.get_options().unwrap_or(""), timeout.as_millis());
        config.options(settings.trim());
    }
    if config.get_application_name().is_none() {
        config.application_name("allting");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(options.begin_wait);
    }
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = match &target.tls {
        Some(tls) => Manager::from_config(config, tls.clone(), recycling),
        None => Manager::from_config(config, NoTls, recycling),
    };
    Pool::builder(manager)
        .max_size(size)
        .wait_timeout(Some(options.begin_wait))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|e| Error::engine("open pool", e))
}
