//! A transaction on a connection of the pool.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::Object;

use super::{Postgres, map::engine_error};
use crate::{Cost, Error, Result, Row, Sql, Value};

/// Owns the connection from before BEGIN is sent until the end is acknowledged. Dropped in between, at whatever await, it
/// takes the connection out of the pool and closes it, and the server undoes the work.
pub(crate) struct PgTx {
    client: Option<Object>,
    postgres: Arc<Postgres>,
    label: &'static str,
    /// A statement was sent and its answer is not here; stays so if the caller gave up on it.
    waiting: bool,
    /// The server refused to work; the next connection may lead to another one.
    refused: bool,
}

impl PgTx {
    /// `limit` bounds each statement until the first heavy one.
    pub(super) async fn begin(
        postgres: Arc<Postgres>,
        client: Object,
        label: &'static str,
        limit: Duration,
    ) -> Result<PgTx> {
        postgres.hold(label);
        let text = postgres.begin_text(limit);
        let mut tx = PgTx { client: Some(client), postgres, label, waiting: false, refused: false };
        tx.batch(&text).await?;
        Ok(tx)
    }

    pub(crate) fn client(&self) -> Result<&Object> {
        self.client.as_ref().ok_or(Error::Closed)
    }

    fn send(&mut self) -> Result<()> {
        if self.waiting {
            return Err(Error::Poisoned("a statement was abandoned half-way".into()));
        }
        self.waiting = true;
        Ok(())
    }

    pub(crate) async fn execute(&mut self, sql: &Sql, params: &[Value]) -> Result<u64> {
        self.send()?;
        self.allow(sql).await?;
        let done = self.postgres.sending.execute(self.client()?, sql, params).await;
        self.answered(done)
    }

    pub(crate) async fn query(&mut self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        self.send()?;
        self.allow(sql).await?;
        let done = self.postgres.sending.query(self.client()?, sql, params).await;
        self.answered(done)
    }

    pub(crate) async fn execute_many<P: AsRef<[Value]>>(&mut self, sql: &Sql, rows: &[P]) -> Result<u64> {
        self.send()?;
        let done = self.postgres.sending.execute_many(self.client()?, sql, rows).await;
        self.answered(done)
    }

    /// Asks the server for a statement's types. The name that this takes is free again when the answer is dropped.
    pub(super) async fn prepare(&self, sql: &Sql) -> Result<tokio_postgres::Statement> {
        self.client()?.prepare(sql.postgres()).await.map_err(|e| engine_error(sql.name(), e))
    }

    /// Runs a text of our own making, several statements perhaps.
    pub(crate) async fn batch(&mut self, text: &str) -> Result<()> {
        self.send()?;
        let done = self.client()?.batch_execute(text).await.map_err(|e| engine_error("transaction", e));
        self.answered(done)
    }

    fn answered<T>(&mut self, done: Result<T>) -> Result<T> {
        self.waiting = false;
        self.refused |= matches!(done, Err(Error::Storage(_)));
        done
    }

    /// From its first heavy statement on, the transaction may take the longer time.
    async fn allow(&self, sql: &Sql) -> Result<()> {
        if sql.cost() == Cost::Point {
            return Ok(());
        }
        let text =
            format!("SET LOCAL statement_timeout = {}", self.postgres.options.heavy_timeout.as_millis());
        self.client()?.batch_execute(&text).await.map_err(|e| engine_error("transaction", e))
    }

    /// Only for a transaction in which nothing failed: the server answers the COMMIT of a failed one with success.
    pub(crate) async fn commit(mut self) -> Result<()> {
        self.send()?;
        match self.client()?.batch_execute("COMMIT").await {
            Ok(()) => {
                self.give_back();
                Ok(())
            }
            // Only an answer of the server tells that nothing was kept.
            Err(error) if error.as_db_error().is_none() => Err(Error::CommitUnknown(error.to_string())),
            Err(error) => Err(engine_error("commit", error)),
        }
    }

    /// Undoes the work and keeps the connection, if the connection is in a state to be kept.
    pub(crate) async fn rollback(mut self) {
        if self.batch("ROLLBACK").await.is_ok() && !self.refused {
            self.give_back();
        }
    }

    fn give_back(&mut self) {
        drop(self.client.take());
    }
}

impl Drop for PgTx {
    fn drop(&mut self) {
        self.postgres.let_go(self.label);
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}
