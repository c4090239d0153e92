//! Statements on a connection.
//!
//! With a connection of our own, each statement is prepared once under a name. Behind a pooler that hands out the server
//! anew for each transaction, a name may not outlive its transaction: there the types of a statement's parameters are
//! learnt once in this process, and it is sent without a name.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use deadpool_postgres::Object;
use tokio_postgres::types::{ToSql, Type};

use super::map;
use crate::{Error, Result, Row, Sql, Value};

/// Types of parameters by the statement's text.
#[derive(Default)]
pub(super) struct Types(Mutex<HashMap<Box<str>, Arc<[Type]>>>);

impl Types {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Box<str>, Arc<[Type]>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn known(&self, sql: &Sql) -> Option<Arc<[Type]>> {
        self.lock().get(sql.postgres()).cloned()
    }

    /// Asks the server; only inside a transaction, since the name that this takes is let go of again.
    async fn learn(&self, client: &Object, sql: &Sql) -> Result<Arc<[Type]>> {
        if let Some(known) = self.known(sql) {
            return Ok(known);
        }
        let statement = client.prepare(sql.postgres()).await.map_err(|e| map::engine_error(sql.name(), e))?;
        let types: Arc<[Type]> = statement.params().into();
        self.lock().insert(sql.postgres().into(), types.clone());
        Ok(types)
    }

    /// After a failure that a migration may explain.
    fn forget(&self, sql: &Sql) {
        self.lock().remove(sql.postgres());
    }
}

/// How statements are sent: prepared under a name, or with types that are known.
pub(super) enum Sending {
    Named,
    Unnamed(Types),
}

impl Sending {
    pub(super) async fn query(&self, client: &Object, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        let rows = match self {
            Sending::Named => {
                let statement = prepare(client, sql, params.len()).await?;
                client.query(&statement, &refs(params)).await
            }
            Sending::Unnamed(types) => {
                let types = types.learn(client, sql).await?;
                return self.query_known(client, sql, &types, params).await;
            }
        };
        let rows = rows.map_err(|e| self.failed(client, sql, e))?;
        rows.iter().map(|row| map::row(sql.name(), row)).collect()
    }

    pub(super) async fn query_known(
        &self,
        client: &Object,
        sql: &Sql,
        types: &[Type],
        params: &[Value],
    ) -> Result<Vec<Row>> {
        let rows = client.query_typed(sql.postgres(), &typed(sql, types, params)?).await;
        let rows = rows.map_err(|e| self.failed(client, sql, e))?;
        rows.iter().map(|row| map::row(sql.name(), row)).collect()
    }

    pub(super) async fn execute(&self, client: &Object, sql: &Sql, params: &[Value]) -> Result<u64> {
        self.execute_many(client, sql, &[params]).await
    }

    /// Sends the statement for all rows without waiting in between.
    pub(super) async fn execute_many<P: AsRef<[Value]>>(
        &self,
        client: &Object,
        sql: &Sql,
        rows: &[P],
    ) -> Result<u64> {
        let Some(first) = rows.first() else { return Ok(0) };
        let done = match self {
            Sending::Named => {
                let statement = &prepare(client, sql, first.as_ref().len()).await?;
                let sent = rows
                    .iter()
                    .map(|params| async move { client.execute(statement, &refs(params.as_ref())).await });
                futures_util::future::try_join_all(sent).await
            }
            Sending::Unnamed(types) => {
                let types = types.learn(client, sql).await?;
                let rows = rows.iter().map(|params| typed(sql, &types, params.as_ref()));
                let rows = rows.collect::<Result<Vec<_>>>()?;
                let sent = rows.iter().map(|params| client.execute_typed(sql.postgres(), params));
                futures_util::future::try_join_all(sent).await
            }
        };
        Ok(done.map_err(|e| self.failed(client, sql, e))?.into_iter().sum())
    }

    /// A failure whose remedy is a fresh plan: the next run prepares again.
    fn failed(&self, client: &Object, sql: &Sql, error: tokio_postgres::Error) -> Error {
        match self {
            Sending::Named
                if error.code() == Some(&tokio_postgres::error::SqlState::FEATURE_NOT_SUPPORTED) =>
            {
                client.statement_cache.clear();
            }
            Sending::Named => {}
            Sending::Unnamed(types) => types.forget(sql),
        }
        map::engine_error(sql.name(), error)
    }
}

async fn prepare(client: &Object, sql: &Sql, params: usize) -> Result<tokio_postgres::Statement> {
    let prepared = client.prepare_cached(sql.postgres()).await;
    let statement = prepared.map_err(|e| map::engine_error(sql.name(), e))?;
    count(sql, statement.params().len(), params)?;
    Ok(statement)
}

fn count(sql: &Sql, want: usize, found: usize) -> Result<()> {
    if want == found {
        return Ok(());
    }
    let reason = format!("wanted {want} parameters, found {found}");
    Err(Error::Bind { statement: sql.name(), reason })
}

pub(crate) fn refs(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as _).collect()
}

fn typed<'a>(sql: &Sql, types: &[Type], params: &'a [Value]) -> Result<Vec<(&'a (dyn ToSql + Sync), Type)>> {
    count(sql, types.len(), params.len())?;
    Ok(params.iter().map(|value| value as _).zip(types.iter().cloned()).collect())
}
