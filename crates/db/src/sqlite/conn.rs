//! A connection that gives up on a statement after a while.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::Connection;

/// Steps of the engine's machine between two looks at the clock: about a millisecond.
const STEPS: i32 = 10_000;

static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

pub(crate) struct Conn {
    conn: Connection,
    /// Milliseconds after `BEGIN` at which the statement under way is cut; 0 = never.
    until: Arc<AtomicU64>,
}

impl Conn {
    pub(crate) fn new(mut conn: Connection) -> rusqlite::Result<Conn> {
        let until = Arc::new(AtomicU64::new(0));
        let watched = until.clone();
        conn.progress_handler(
            STEPS,
            Some(move || match watched.load(Ordering::Relaxed) {
                0 => false,
                until => BEGIN.elapsed().as_millis() as u64 > until,
            }),
        )?;
        Ok(Conn { conn, until })
    }

    /// Runs one statement, which fails with `OperationInterrupted` when it takes longer than `limit`.
    pub(crate) fn within<T>(&self, limit: Duration, run: impl FnOnce(&Connection) -> T) -> T {
        let until = BEGIN.elapsed().saturating_add(limit).as_millis() as u64;
        self.until.store(until.max(1), Ordering::Relaxed);
        let done = run(&self.conn);
        self.until.store(0, Ordering::Relaxed);
        done
    }
}

impl Deref for Conn {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.conn
    }
}

impl DerefMut for Conn {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.conn
    }
}
