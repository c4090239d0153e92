//! The reader connections.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Conn, engine_error, run_query};
use crate::{Error, Result, Row, Value};

type Idle = Arc<Mutex<Vec<Conn>>>;

pub(crate) struct Readers {
    idle: Idle,
    permits: Arc<Semaphore>,
    path: PathBuf,
}

/// A reader connection on loan; goes back when dropped, on whatever thread.
pub(crate) struct Reader {
    conn: Option<Conn>,
    idle: Idle,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(crate) fn open(path: &Path, count: usize) -> Result<Readers> {
        let idle = (0..count).map(|_| connect(path)).collect::<Result<Vec<_>>>()?;
        Ok(Readers {
            idle: Arc::new(Mutex::new(idle)),
            permits: Arc::new(Semaphore::new(count)),
            path: path.to_owned(),
        })
    }

    pub(crate) async fn get(&self) -> Result<Reader> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| Error::Closed)?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        // There is one for each permit, but for those that were thrown away.
        let conn = match idle {
            Some(conn) => conn,
            None => connect(&self.path)?,
        };
        Ok(Reader { conn: Some(conn), idle: self.idle.clone(), _permit: permit })
    }

    /// Idle readers are closed now, those on loan when they come back.
    pub(crate) fn close(&self) {
        self.permits.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn connect(path: &Path) -> Result<Conn> {
    let open = || {
        let conn = Connection::open_with_flags(path, OpenFlags::default() - OpenFlags::SQLITE_OPEN_CREATE)?;
        conn.execute_batch(
            "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA mmap_size = 268435456; \
             PRAGMA cache_size = -16000; PRAGMA query_only = ON",
        )?;
        conn.set_prepared_statement_cache_capacity(256);
        Conn::new(conn)
    };
    open().map_err(|e| engine_error("open reader", e))
}

impl Reader {
    pub(crate) fn conn(&self) -> Result<&Conn> {
        self.conn.as_ref().ok_or(Error::Closed)
    }

    /// Reads. A connection under which the disk failed is thrown away.
    pub(crate) fn query(
        &mut self,
        limit: Duration,
        name: &'static str,
        text: &str,
        params: &[Value],
    ) -> Result<Vec<Row>> {
        let done = self.conn()?.within(limit, |conn| run_query(conn, name, text, params));
        if matches!(done, Err(Error::Storage(_))) {
            self.conn = None;
        }
        done
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
    }
}
