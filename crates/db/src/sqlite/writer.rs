//! The one connection that writes.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::watch;

use super::{Synchronous, conn::Conn, engine_error, lock};
use crate::{Error, Result};

/// How a group ended, told to every member.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Committed,
    /// Nothing of the group was kept; every member runs again.
    Lost(String),
    /// Nothing was kept of a group of one, for which there is no room.
    Full(String),
    /// Nothing was kept of a group of one, since the disk does not work.
    Storage(String),
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
    pub(crate) conn: Conn,
    pub(crate) group: Option<Group>,
    pub(crate) next_group: u64,
    token: Option<String>,
    path: PathBuf,
    sync: Synchronous,
    /// The disk failed under this connection.
    broken: bool,
}

impl Writer {
    pub(crate) fn open(path: &Path, sync: Synchronous) -> Result<Writer> {
        let conn = connect(path, sync, OpenFlags::default())?;
        Ok(Writer {
            conn,
            group: None,
            next_group: 0,
            token: None,
            path: path.to_owned(),
            sync,
            broken: false,
        })
    }

    /// Remembers that the disk failed.
    pub(crate) fn note(&mut self, error: &Error) {
        self.broken |= matches!(error, Error::Storage(_));
    }

    /// After the disk failed: opens the file again, which must be there and still be ours. A disk that was mounted anew
    /// is only seen through a new connection.
    pub(crate) fn mend(&mut self) -> Result<()> {
        if !self.broken {
            return Ok(());
        }
        let conn = connect(&self.path, self.sync, OpenFlags::default() - OpenFlags::SQLITE_OPEN_CREATE)?;
        if let Some(token) = &self.token {
            lock::still_held(&conn, token)?;
        }
        self.conn = conn;
        self.broken = false;
        tracing::warn!("opened the database file again after the disk failed");
        Ok(())
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
                self.note(&error);
                match error {
                    Error::Full(why) if group.released == 1 => Outcome::Full(why),
                    Error::Storage(why) if group.released == 1 => Outcome::Storage(why),
                    error => Outcome::Lost(error.to_string()),
                }
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

/// Opens a connection that writes. An engine built or a file system mounted otherwise ignores a pragma in silence; a lost
/// filing is the price, so the live connection is asked.
fn connect(path: &Path, sync: Synchronous, flags: OpenFlags) -> Result<Conn> {
    let fail = |e| engine_error("open", e);
    let conn = Connection::open_with_flags(path, flags).map_err(fail)?;
    let name = sync.name();
    conn.execute_batch(&format!(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {name}; \
         PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; \
         PRAGMA mmap_size = 268435456; PRAGMA cache_size = -16000"
    ))
    .map_err(fail)?;
    conn.set_prepared_statement_cache_capacity(256);
    for (pragma, want) in [("synchronous", sync.code()), ("foreign_keys", 1)] {
        let is: i64 = conn.pragma_query_value(None, pragma, |r| r.get(0)).map_err(fail)?;
        if is != want {
            return Err(Error::Url(format!("pragma {pragma} is {is}, wanted {want}")));
        }
    }
    let mode: String = conn.pragma_query_value(None, "journal_mode", |r| r.get(0)).map_err(fail)?;
    if mode != "wal" {
        return Err(Error::Url(format!("pragma journal_mode is {mode}, wanted wal")));
    }
    Conn::new(conn).map_err(fail)
}
