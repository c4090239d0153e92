//! The reader connections.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::engine_error;
use crate::{Error, Result};

type Idle = Arc<Mutex<Vec<Connection>>>;

pub(crate) struct Readers {
    idle: Idle,
    permits: Arc<Semaphore>,
}

/// A reader connection on loan; goes back when dropped, on whatever thread.
pub(crate) struct Reader {
    conn: Option<Connection>,
    idle: Idle,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(crate) fn open(path: &Path, count: usize) -> Result<Readers> {
        let open = || {
            let conn = Connection::open(path)?;
            conn.execute_batch(
                "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA mmap_size = 268435456; \
                 PRAGMA cache_size = -16000; PRAGMA query_only = ON",
            )?;
            conn.set_prepared_statement_cache_capacity(256);
            Ok(conn)
        };
        let idle = (0..count).map(|_| open()).collect::<rusqlite::Result<Vec<_>>>();
        let idle = idle.map_err(|e| engine_error("open reader", e))?;
        Ok(Readers { idle: Arc::new(Mutex::new(idle)), permits: Arc::new(Semaphore::new(count)) })
    }

    pub(crate) async fn get(&self) -> Result<Reader> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| Error::Closed)?;
        let conn = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(Reader { conn, idle: self.idle.clone(), _permit: permit })
    }

    /// Idle readers are closed now, those on loan when they come back.
    pub(crate) fn close(&self) {
        self.permits.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Reader {
    pub(crate) fn conn(&self) -> Result<&Connection> {
        self.conn.as_ref().ok_or(Error::Closed)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
    }
}
