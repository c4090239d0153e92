//! Settings of a database.

use std::time::Duration;

/// Settings; `Options::default()` suits a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long `begin` waits before it gives up and names the holder.
    pub begin_wait: Duration,
    /// Reader connections (SQLite); default is the number of cores, at least 4.
    pub readers: usize,
    /// Connections (PostgreSQL) for ordinary work; default is twice the number of cores, at least 8.
    pub pool: usize,
    /// Longest run of an ordinary statement (PostgreSQL).
    pub statement_timeout: Duration,
    /// Longest run of a heavy statement (PostgreSQL).
    pub heavy_timeout: Duration,
    /// How often the lock row of a SQLite file is renewed.
    pub heartbeat: Duration,
    /// How long a lock row of another host must stand still before it is taken over.
    pub stale_after: Duration,
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
            heartbeat: Duration::from_secs(5),
            stale_after: Duration::from_secs(20),
        }
    }
}
