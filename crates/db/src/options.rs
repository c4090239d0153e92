//! Settings of a database.

use std::time::Duration;

use crate::Cost;

/// Who keeps the connections to PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// This process: a session is ours as long as the connection.
    Session,
    /// A pooler such as PgBouncer, which may hand each transaction to another session.
    Transaction,
}

/// Settings; `Options::default()` suits a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long `begin` waits before it gives up and names the holder.
    pub begin_wait: Duration,
    /// Reader connections (SQLite); default is the number of cores, at least 4.
    pub readers: usize,
    /// Connections (PostgreSQL) for ordinary work; default is twice the number of cores, at least 8.
    pub pool: usize,
    /// Longest run of an ordinary statement.
    pub statement_timeout: Duration,
    /// Longest run of a heavy statement.
    pub heavy_timeout: Duration,
    /// How connections to PostgreSQL are used.
    pub pooling: Pooling,
    /// A streaming replica (PostgreSQL) for reads through [`Db::stale_ok`](crate::Db::stale_ok).
    pub replica: Option<String>,
    /// How old the replica's rows may be.
    pub replica_lag: Duration,
    /// A PostgreSQL server on another machine is reached with TLS, or not at all.
    pub demand_tls: bool,
    /// A PostgreSQL server that may lose what it acknowledged is refused; else it is only warned of.
    pub demand_durable: bool,
    /// How often the lock row of a SQLite file is renewed.
    pub heartbeat: Duration,
    /// How long a lock row of another host must stand still before it is taken over.
    pub stale_after: Duration,
}

impl Options {
    pub(crate) fn longest(&self, cost: Cost) -> Duration {
        match cost {
            Cost::Point => self.statement_timeout,
            Cost::Heavy => self.heavy_timeout,
        }
    }
}

impl Default for Options {
    fn default() -> Options {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Options {
            begin_wait: Duration::from_secs(5),
            readers: cores.max(4),
            pool: (2 * cores).max(8),
            statement_timeout: Duration::from_secs(10),
            heavy_timeout: Duration::from_mins(2),
            pooling: Pooling::Session,
            replica: None,
            replica_lag: Duration::from_secs(5),
            demand_tls: false,
            demand_durable: false,
            heartbeat: Duration::from_secs(5),
            stale_after: Duration::from_secs(20),
        }
    }
}
