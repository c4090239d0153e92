//! What can go wrong in the database, the same on both engines.

use std::time::Duration;

/// The result of a database call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the engines' modules say of such a parameter; their error types carry text only.
pub(crate) const NUL: &str = "text holds a NUL character";

/// A failed database call. Callers match on `Unique`, `ForeignKey` and `Busy`; the rest is opaque.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A unique index refused the row. The text is `table.column, table.column` (or an index name for
    /// indexes over expressions), the same on both engines.
    #[error("unique constraint failed: {0}")]
    Unique(String),
    /// A referenced row is missing, or a row that is still referenced was removed.
    #[error("foreign key constraint failed: {0}")]
    ForeignKey(String),
    /// A NOT NULL, CHECK or column type constraint refused the row.
    #[error("constraint failed: {0}")]
    Constraint(String),
    /// The transaction was undone by the engine through no fault of its own; running it again may work.
    #[error("transaction must be run again: {0}")]
    Retry(String),
    /// No transaction could be begun within the bound.
    #[error("no transaction within {waited:?}: held by {holder}")]
    Busy {
        /// Label of the transaction that holds the writer (SQLite) or some of those that fill the pool.
        holder: String,
        /// How long `begin` waited.
        waited: Duration,
    },
    /// A statement of this transaction failed before, or was abandoned half-way; nothing of it is kept.
    #[error("transaction is poisoned by an earlier failure: {0}")]
    Poisoned(String),
    /// A statement ran longer than its cost class allows.
    #[error("statement {0} ran too long")]
    Timeout(&'static str),
    /// The disk or the page quota is full; nothing is kept.
    #[error("storage is full: {0}")]
    Full(String),
    /// The disk or the server refuses to work now: read-only, an I/O error, out of reach. Nothing is kept.
    #[error("storage does not work: {0}")]
    Storage(String),
    /// A column did not hold what the caller asked for.
    #[error("statement {statement}, column {column}: {reason}")]
    Decode {
        /// Name of the statement.
        statement: &'static str,
        /// Index of the column, from 0.
        column: usize,
        /// What was wanted and what was there.
        reason: String,
    },
    /// A parameter cannot be given to the engine.
    #[error("statement {statement}, parameter: {reason}")]
    Bind {
        /// Name of the statement.
        statement: &'static str,
        /// What was wanted and what was given.
        reason: String,
    },
    /// A text parameter holds NUL, which PostgreSQL cannot keep; refused on both engines, and the client's fault.
    #[error("statement {0}, parameter: {NUL}")]
    Nul(&'static str),
    /// `query_one` found no row.
    #[error("statement {0} found no row")]
    NoRow(&'static str),
    /// `query_one` or `query_opt` found several rows.
    #[error("statement {0} found several rows")]
    ManyRows(&'static str),
    /// The connection was lost while COMMIT was under way: the work may or may not be kept. Never re-run blindly.
    #[error("outcome of the commit is unknown: {0}")]
    CommitUnknown(String),
    /// Another process uses this SQLite file.
    #[error("the database is in use: {0}")]
    InUse(String),
    /// The database was closed, or another process took it over.
    #[error("the database is closed")]
    Closed,
    /// A migration cannot be applied.
    #[error("migration {0}")]
    Migration(String),
    /// The database URL or a setting of it is wrong.
    #[error("database url: {0}")]
    Url(String),
    /// An archive is damaged, of another sort, or does not fit the database.
    #[error("archive: {0}")]
    Archive(String),
    /// A paging cursor is not one of ours, or belongs to another query.
    #[error("cursor: {0}")]
    Cursor(&'static str),
    /// Anything else the engine said.
    #[error("statement {statement}: {source}")]
    Engine {
        /// Name of the statement, or what was being done.
        statement: &'static str,
        /// The engine's own error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Whether running the whole transaction again may work.
    pub fn is_retry(&self) -> bool {
        matches!(self, Error::Retry(_))
    }

    /// Whether the same call may work later, through nobody's change of it: full or failing storage, a server that
    /// is away, too much load. To a client it is 503.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Error::Full(_)
                | Error::Storage(_)
                | Error::Retry(_)
                | Error::Busy { .. }
                | Error::Timeout(_)
                | Error::CommitUnknown(_)
                | Error::Closed
        )
    }

    pub(crate) fn bind(statement: &'static str, reason: String) -> Error {
        if reason == NUL { Error::Nul(statement) } else { Error::Bind { statement, reason } }
    }

    pub(crate) fn engine(
        statement: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        Error::Engine { statement, source: source.into() }
    }
}

/// Lets `write_tx!` see the database error inside a block's own error.
pub trait MaybeRetry {
    /// The database error that this error wraps, if it does.
    fn db_error(&self) -> Option<&Error>;
}

impl MaybeRetry for Error {
    fn db_error(&self) -> Option<&Error> {
        Some(self)
    }
}
