//! The one connection that writes.

use std::path::Path;

use rusqlite::Connection;
use tokio::sync::watch;

use super::{Durability, engine_error, lock};
use crate::{Error, Result};

/// How a group ended, told to every member.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Committed,
    /// Nothing of the group was kept; every member runs again.
    Lost(String),
}

/// The open engine transaction that several members share, each as a savepoint.
pub(crate) struct Group {
    pub(crate) id: u64,
    /// Dropped without a word = lost.
    pub(crate) tell: watch::Sender<Option<Outcome>>,
    /// Members that released their savepoint and wait for the commit.
    pub(crate) released: usize,
    /// Whether a task that commits is queued on the writer.
    pub(crate) scheduled: bool,
}

pub(crate) struct Writer {
    pub(crate) conn: Connection,
    pub(crate) group: Option<Group>,
    pub(crate) next_group: u64,
    token: Option<String>,
}

impl Writer {
    pub(crate) fn open(path: &Path, durability: Durability) -> Result<Writer> {
        let conn = Connection::open(path).map_err(|e| engine_error("open", e))?;
        let (name, code) = match durability {
            Durability::Full => ("FULL", 2),
            Durability::Normal => ("NORMAL", 1),
        };
        conn.execute_batch(&format!(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {name}; \
             PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; \
             PRAGMA mmap_size = 268435456; PRAGMA cache_size = -16000"
        ))
        .map_err(|e| engine_error("open", e))?;
        conn.set_prepared_statement_cache_capacity(256);
        // An engine built or a file system mounted otherwise ignores a pragma in silence; a lost filing is the price.
        for (pragma, want) in [("synchronous", code), ("foreign_keys", 1)] {
            let is: i64 =
                conn.pragma_query_value(None, pragma, |r| r.get(0)).map_err(|e| engine_error("open", e))?;
            if is != want {
                return Err(Error::Url(format!("pragma {pragma} is {is}, wanted {want}")));
            }
        }
        let mode: String = conn
            .pragma_query_value(None, "journal_mode", |r| r.get(0))
            .map_err(|e| engine_error("open", e))?;
        if mode != "wal" {
            return Err(Error::Url(format!("pragma journal_mode is {mode}, wanted wal")));
        }
        Ok(Writer { conn, group: None, next_group: 0, token: None })
    }

    pub(crate) fn locked_by(mut self, token: String) -> Writer {
        self.token = Some(token);
        self
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Runs a constant statement of the transaction machinery.
    pub(crate) fn step(&self, text: &'static str) -> Result<()> {
        let run = || self.conn.prepare_cached(text)?.execute([]);
        run().map(|_| ()).map_err(|e| engine_error(text, e))
    }

    /// Commits the open group, if any, and tells its members.
    pub(crate) fn finish_group(&mut self) {
        let Some(group) = self.group.take() else { return };
        let outcome = match self.step("COMMIT") {
            Ok(()) => Outcome::Committed,
            Err(error) => {
                if !self.conn.is_autocommit() {
                    drop(self.step("ROLLBACK"));
                }
                Outcome::Lost(error.to_string())
            }
        };
        metrics::histogram!("db_group_members").record(u32::try_from(group.released).unwrap_or(u32::MAX));
        group.tell.send_replace(Some(outcome));
    }

    /// Gives the file free for other processes.
    pub(crate) fn unlock(&mut self) {
        if let Some(token) = self.token.take() {
            lock::release(&self.conn, &token);
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.conn.is_autocommit() {
            drop(self.step("ROLLBACK"));
        }
        self.unlock();
    }
}
