//! SQLite: one writer behind a fair mutex, several readers, group commit.

mod conn;
mod group;
mod lock;
mod map;
mod readers;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use conn::Conn;
pub(crate) use group::Member;
pub(crate) use map::{each_row, engine_error, run_execute, run_query, watch};
use readers::Readers;
use writer::Writer;

use crate::{Cost, Durability, Error, Level, Options, Result, Row, Sql, Value};

/// The engine's `synchronous`: whether a commit survives power loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Synchronous {
    Full,
    Normal,
}

impl Synchronous {
    fn name(self) -> &'static str {
        match self {
            Synchronous::Full => "FULL",
            Synchronous::Normal => "NORMAL",
        }
    }

    fn code(self) -> i64 {
        match self {
            Synchronous::Full => 2,
            Synchronous::Normal => 1,
        }
    }
}

pub(crate) struct Sqlite {
    pub(crate) options: Options,
    writer: Arc<tokio::sync::Mutex<Writer>>,
    /// Label of the transaction that holds the writer.
    holder: Mutex<&'static str>,
    waiting: AtomicUsize,
    readers: Readers,
    /// The write-ahead log.
    wal: PathBuf,
    /// Heavy reads at a time, so that ordinary reads always find a connection.
    heavy: Semaphore,
    closed: AtomicBool,
}

impl Sqlite {
    pub(crate) async fn open(url: &str, options: Options) -> Result<Arc<Sqlite>> {
        let (path, sync) = parse(url)?;
        let writer = Writer::open(&path, sync)?;
        let token = lock::acquire(&writer.conn, &options).await?;
        let readers = Readers::open(&path, options.readers.max(2))?;
        let heavy = Semaphore::new((options.readers / 2).max(1));
        let sqlite = Arc::new(Sqlite {
            writer: Arc::new(tokio::sync::Mutex::new(writer.locked_by(token))),
            holder: Mutex::new("nobody"),
            waiting: AtomicUsize::new(0),
            readers,
            wal: PathBuf::from(format!("{}-wal", path.display())),
            heavy,
            closed: AtomicBool::new(false),
            options,
        });
        lock::keep(&sqlite);
        Ok(sqlite)
    }

    pub(crate) async fn query(&self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::Closed);
        }
        let limit = self.options.longest(sql.cost());
        if sql.cost() == Cost::Point {
            let mut reader = self.readers.get().await?;
            return watch(sql.name(), || reader.query(limit, sql.name(), sql.sqlite(), params));
        }
        let _turn = self.heavy.acquire().await.map_err(|_| Error::Closed)?;
        let mut reader = self.readers.get().await?;
        let (name, text, params) = (sql.name(), sql.sqlite().to_owned(), params.to_vec());
        tokio::task::spawn_blocking(move || reader.query(limit, name, &text, &params))
            .await
            .map_err(|e| Error::engine(sql.name(), e))?
    }

    /// Prepares a statement without running it.
    pub(crate) async fn prepare(&self, sql: &Sql) -> Result<()> {
        let reader = self.readers.get().await?;
        reader.conn()?.prepare(sql.sqlite()).map(|_| ()).map_err(|e| engine_error(sql.name(), e))
    }

    /// The plan of a statement, one line per step.
    pub(crate) async fn explain(&self, sql: &Sql) -> Result<Vec<String>> {
        let reader = self.readers.get().await?;
        let conn = reader.conn()?;
        let fail = |e| engine_error(sql.name(), e);
        let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.sqlite())).map_err(fail)?;
        let nulls = vec![Value::Null; plan.parameter_count()];
        let lines =
            plan.query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>(3)).map_err(fail)?;
        lines.collect::<rusqlite::Result<_>>().map_err(fail)
    }

    /// Runs `work` alone on the writer, off the async workers, outside any group; used by migrations.
    pub(crate) async fn alone<T: Send + 'static>(
        &self,
        label: &'static str,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut writer = self.lock(label).await?;
        let done = tokio::task::spawn_blocking(move || {
            writer.finish_group();
            work(&writer.conn)
        });
        done.await.map_err(|e| Error::engine(label, e))?
    }

    /// The file.
    pub(crate) async fn path(&self) -> Result<PathBuf> {
        let writer = self.lock("path").await?;
        writer.conn.path().map(PathBuf::from).ok_or(Error::Closed)
    }

    pub(crate) async fn durability(&self) -> Result<Durability> {
        let writer = self.lock("durability").await?;
        let ask = |pragma| {
            let value =
                writer.conn.pragma_query_value(None, pragma, |r| r.get::<_, rusqlite::types::Value>(0));
            value.map_err(|e| engine_error("durability", e)).map(|value| match value {
                rusqlite::types::Value::Integer(code) => code.to_string(),
                rusqlite::types::Value::Text(text) => text,
                other => format!("{other:?}"),
            })
        };
        let (mode, sync) = (ask("journal_mode")?, ask("synchronous")?);
        let level = match (mode.as_str(), sync.as_str()) {
            ("wal", "2" | "3") => Level::Full,
            ("wal", "1") => Level::Normal,
            _ => Level::Unsafe,
        };
        Ok(Durability {
            engine: crate::Engine::Sqlite,
            level,
            details: vec![("journal_mode", mode), ("synchronous", sync)],
        })
    }

    pub(crate) async fn close(&self) -> Result<()> {
        let mut writer = self.lock("close").await?;
        self.closed.store(true, Ordering::Release);
        self.readers.close();
        let done = tokio::task::spawn_blocking(move || {
            writer.finish_group();
            writer.unlock();
            writer.conn.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)")
        });
        done.await.map_err(|e| Error::engine("close", e))?.map_err(|e| engine_error("close", e))
    }

    /// Size of the write-ahead log, if there is one.
    pub(crate) fn wal_bytes(&self) -> Option<f64> {
        let size = std::fs::metadata(&self.wal).ok()?.len();
        // A log of four terabytes is told as that.
        Some(f64::from(u32::try_from(size / 1024).unwrap_or(u32::MAX)) * 1024.0)
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    fn set_holder(&self, label: &'static str) {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = label;
    }

    fn holder(&self) -> &'static str {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the writer in order of arrival.
    async fn lock(&self, label: &'static str) -> Result<tokio::sync::OwnedMutexGuard<Writer>> {
        struct Waiting<'a>(&'a AtomicUsize);
        impl Drop for Waiting<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::AcqRel);
            }
        }
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let _waiting = Waiting(&self.waiting);
        let wait = self.options.begin_wait;
        let guard = tokio::time::timeout(wait, self.writer.clone().lock_owned())
            .await
            .map_err(|_| Error::Busy { holder: self.holder().to_owned(), waited: wait })?;
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::Closed);
        }
        self.set_holder(label);
        Ok(guard)
    }
}

pub(crate) fn parse(url: &str) -> Result<(PathBuf, Synchronous)> {
    let rest = url.strip_prefix("sqlite:").ok_or_else(|| Error::Url("wanted sqlite:PATH".into()))?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.starts_with(':') {
        return Err(Error::Url("a SQLite database needs a file path".into()));
    }
    let mut sync = Synchronous::Full;
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        sync = match pair {
            "durability=full" => Synchronous::Full,
            "durability=normal" => Synchronous::Normal,
            other => return Err(Error::Url(format!("unknown setting {other}"))),
        };
    }
    Ok((Path::new(path).to_owned(), sync))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 3: COMMIT may sync the disk, so it never runs on an async worker.
    #[tokio::test]
    async fn commit_runs_off_the_async_workers() {
        let dir = std::env::temp_dir().join(format!("allting-commit-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let url = format!("sqlite:{}/a.db", dir.display());
        let sqlite = Sqlite::open(&url, Options::default()).await.unwrap();
        let threads = Arc::new(Mutex::new(Vec::new()));
        let seen = threads.clone();
        let hook = move || {
            seen.lock().unwrap().push(std::thread::current().id());
            false
        };
        sqlite.writer.lock().await.conn.commit_hook(Some(hook)).unwrap();
        // Alone, and as a group of two.
        sqlite.begin("alone").await.unwrap().commit().await.unwrap();
        let one = sqlite.begin("one").await.unwrap();
        let other = sqlite.clone();
        let two = tokio::spawn(async move { other.begin("two").await.unwrap().commit().await });
        while sqlite.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        one.commit().await.unwrap();
        two.await.unwrap().unwrap();
        let threads = threads.lock().unwrap().clone();
        assert_eq!(threads.len(), 2, "one commit alone, one for the group");
        assert!(!threads.contains(&std::thread::current().id()));
        sqlite.close().await.unwrap();
        std::fs::remove_dir_all(dir).unwrap();
    }

    /// The pragmas on which durability and integrity rest, on the live connections.
    #[tokio::test]
    async fn pragmas_hold_on_live_connections() {
        let dir = std::env::temp_dir().join(format!("allting-pragmas-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        for (setting, want) in [("", 2), ("?durability=full", 2), ("?durability=normal", 1)] {
            let url = format!("sqlite:{}/a.db{setting}", dir.display());
            let sqlite = Sqlite::open(&url, Options::default()).await.unwrap();
            let get = |conn: &Connection, name: &str| {
                conn.pragma_query_value(None, name, |r| r.get::<_, i64>(0)).unwrap()
            };
            let writer = sqlite.writer.lock().await;
            assert_eq!((get(&writer.conn, "synchronous"), get(&writer.conn, "foreign_keys")), (want, 1));
            let mode: String = writer.conn.pragma_query_value(None, "journal_mode", |r| r.get(0)).unwrap();
            assert_eq!(mode, "wal");
            drop(writer);
            let reader = sqlite.readers.get().await.unwrap();
            assert_eq!(get(reader.conn().unwrap(), "query_only"), 1);
            drop(reader);
            sqlite.close().await.unwrap();
        }
        std::fs::remove_dir_all(dir).unwrap();
    }

    /// A file that cannot keep the promise is refused, whatever the engine says to the pragma.
    #[tokio::test]
    async fn a_file_without_a_log_is_refused() {
        let dir = std::env::temp_dir().join(format!("allting-no-log-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("a.db");
        // A reader in the middle of a rollback journal's database keeps its journal mode as it is.
        let other = Connection::open(&path).unwrap();
        other
            .execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2); BEGIN; SELECT a FROM t")
            .unwrap();
        let refused = Sqlite::open(&format!("sqlite:{}", path.display()), Options::default()).await;
        assert!(refused.is_err());
        drop(other);
        Sqlite::open(&format!("sqlite:{}", path.display()), Options::default()).await.unwrap();
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn urls() {
        assert_eq!(parse("sqlite:a/b.db").unwrap(), ("a/b.db".into(), Synchronous::Full));
        assert_eq!(parse("sqlite:///a.db?durability=normal").unwrap(), ("/a.db".into(), Synchronous::Normal));
        for bad in ["sqlite:", "sqlite::memory:", "mysql:x", "sqlite:a?durability=no", "sqlite:a?mode=ro"] {
            assert!(matches!(parse(bad), Err(Error::Url(_))), "{bad}");
        }
    }
}
