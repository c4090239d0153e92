//! A transaction that owns its connection.

use std::time::Instant;
use telemetry::span::{self, Kind};

use crate::{
    Cost, Error, Result, Row, Sql, Value,
    db::{at_most_one, of},
    migrate::META_SET,
    postgres::PgTx,
    sqlite::{Member, watch},
};

/// An open transaction. Has no lifetime and is not `Clone`; code that is handed a `&mut Tx` gets no `&Db` beside it, so
/// that it can neither wait for itself nor read around its own writes.
///
/// The first statement that fails poisons it, on both engines: every later statement and `commit` are errors. To go on
/// after a conflict, say so in the statement (`ON CONFLICT DO NOTHING`) and look at the count.
pub struct Tx {
    label: &'static str,
    conn: Conn,
    begun: Instant,
    /// Why nothing of this transaction may be kept.
    poison: Option<String>,
}

enum Conn {
    Sqlite(Member),
    Postgres(Box<PgTx>),
    /// Taken by a statement under way; stays so if that statement is abandoned.
    Away,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("label", &self.label).field("poison", &self.poison).finish_non_exhaustive()
    }
}

impl Tx {
    pub(crate) fn sqlite(label: &'static str, member: Member) -> Tx {
        Tx { label, conn: Conn::Sqlite(member), begun: Instant::now(), poison: None }
    }

    pub(crate) fn postgres(label: &'static str, tx: PgTx) -> Tx {
        Tx { label, conn: Conn::Postgres(Box::new(tx)), begun: Instant::now(), poison: None }
    }

    /// Runs a statement; answers how many rows it changed (or returned).
    pub async fn execute(&mut self, sql: &Sql, params: &[Value]) -> Result<u64> {
        self.check()?;
        let work = async {
            match &mut self.conn {
                Conn::Sqlite(member) if sql.cost() == Cost::Point => {
                    watch(sql.name(), || member.execute(Cost::Point, sql.name(), sql.sqlite(), params))
                }
                Conn::Sqlite(_) => self.heavy(sql, params, Member::execute).await,
                Conn::Postgres(tx) => tx.execute(sql, params).await,
                Conn::Away => Err(Error::Poisoned("a statement was abandoned half-way".into())),
            }
        };
        let done = span::part(Kind::Client, sql.name(), work, span::outcome).await;
        self.note(done)
    }

    /// All rows of a read, or of a write with RETURNING. Sees the writes of this transaction.
    pub async fn query(&mut self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        self.check()?;
        let work = async {
            match &mut self.conn {
                Conn::Sqlite(member) if sql.cost() == Cost::Point => {
                    watch(sql.name(), || member.query(Cost::Point, sql.name(), sql.sqlite(), params))
                }
                Conn::Sqlite(_) => self.heavy(sql, params, Member::query).await,
                Conn::Postgres(tx) => tx.query(sql, params).await,
                Conn::Away => Err(Error::Poisoned("a statement was abandoned half-way".into())),
            }
        };
        let done = span::part(Kind::Client, sql.name(), work, span::outcome).await;
        self.note(done)
    }

    /// The only row, if there is one.
    pub async fn query_opt(&mut self, sql: &Sql, params: &[Value]) -> Result<Option<Row>> {
        let rows = self.query(sql, params).await?;
        at_most_one(sql, rows)
    }

    /// The only row.
    pub async fn query_one(&mut self, sql: &Sql, params: &[Value]) -> Result<Row> {
        self.query_opt(sql, params).await?.ok_or(Error::NoRow(sql.name()))
    }

    /// Runs one statement for many rows of parameters, 500 at a stretch; answers how many rows it changed. On SQLite off
    /// the async workers, on PostgreSQL without waiting between the rows.
    pub async fn execute_many<P: AsRef<[Value]>>(&mut self, sql: &Sql, rows: &[P]) -> Result<u64> {
        let mut changed = 0;
        for chunk in rows.chunks(500) {
            self.check()?;
            let work = async {
                if let Conn::Postgres(tx) = &mut self.conn {
                    return tx.execute_many(sql, chunk).await;
                }
                let (cost, name, text) = (sql.cost(), sql.name(), sql.sqlite().to_owned());
                let chunk: Vec<Vec<Value>> = chunk.iter().map(|params| params.as_ref().to_vec()).collect();
                let all = move |member: &mut Member| {
                    chunk
                        .iter()
                        .try_fold(0, |sum, params| Ok(sum + member.execute(cost, name, &text, params)?))
                };
                self.off_worker(name, all).await
            };
            let done = span::part(Kind::Client, sql.name(), work, span::outcome).await;
            changed += self.note(done)?;
        }
        Ok(changed)
    }

    /// Keeps a value with the database itself, together with the rest of the transaction.
    pub async fn meta_set(&mut self, key: &str, value: &str) -> Result<()> {
        self.execute(&META_SET, &crate::params![key, value]).await.map(|_| ())
    }

    /// Makes the work durable. When this answers, it survives; when it fails with [`Error::Retry`], nothing is kept.
    pub async fn commit(mut self) -> Result<()> {
        if let Some(why) = self.poison.take() {
            self.rollback().await;
            return Err(Error::Poisoned(why));
        }
        let work = async {
            match std::mem::replace(&mut self.conn, Conn::Away) {
                Conn::Sqlite(member) => member.commit().await,
                Conn::Postgres(tx) => tx.commit().await,
                Conn::Away => Err(Error::Poisoned("a statement was abandoned half-way".into())),
            }
        };
        let done = span::part(Kind::Client, "commit", work, of(self.label)).await;
        metrics::histogram!("db_tx_seconds", "label" => self.label)
            .record(self.begun.elapsed().as_secs_f64());
        metrics::counter!("db_tx", "label" => self.label, "result" => if done.is_ok() { "ok" } else { "failed" })
            .increment(1);
        done
    }

    /// Undoes the work now. Dropping does the same, but costs PostgreSQL its connection.
    pub async fn rollback(self) {
        if let Conn::Postgres(tx) = self.conn {
            tx.rollback().await;
        }
    }

    fn check(&self) -> Result<()> {
        match &self.poison {
            Some(why) => Err(Error::Poisoned(why.clone())),
            None => Ok(()),
        }
    }

    fn note<T>(&mut self, done: Result<T>) -> Result<T> {
        if let Err(error) = &done {
            self.poison.get_or_insert_with(|| error.to_string());
        }
        done
    }

    async fn heavy<T: Send + 'static>(
        &mut self,
        sql: &Sql,
        params: &[Value],
        run: fn(&mut Member, Cost, &'static str, &str, &[Value]) -> Result<T>,
    ) -> Result<T> {
        let (name, text, params) = (sql.name(), sql.sqlite().to_owned(), params.to_vec());
        self.off_worker(name, move |member| run(member, Cost::Heavy, name, &text, &params)).await
    }

    /// Runs work on SQLite off the async workers. If the caller stops waiting, the member comes home into nothing and
    /// undoes itself.
    async fn off_worker<T: Send + 'static>(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&mut Member) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let Conn::Sqlite(mut member) = std::mem::replace(&mut self.conn, Conn::Away) else {
            return Err(Error::Poisoned("a statement was abandoned half-way".into()));
        };
        let work = move || {
            let done = work(&mut member);
            (member, done)
        };
        let (member, done) = tokio::task::spawn_blocking(work).await.map_err(|e| Error::engine(name, e))?;
        self.conn = Conn::Sqlite(member);
        done
    }
}
