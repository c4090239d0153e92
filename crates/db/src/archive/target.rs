//! Loading a database in one transaction.

use rusqlite::{Connection, params_from_iter};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_postgres::binary_copy::BinaryCopyInWriter;

use super::{Schema, Table};
use crate::{
    Db, Error, Result, Sql, Value,
    db::Inner,
    postgres::{self, PgTx},
    sqlite,
};

enum Step {
    Rows(usize, Vec<Vec<Value>>),
    Commit,
}

/// A database under loading: emptied, filled and committed as one, or left as it was. Dropped without `commit` = undone.
pub struct Target {
    steps: Option<mpsc::Sender<Step>>,
    work: JoinHandle<Result<()>>,
}

impl Target {
    /// Begins; the tables of `schema` are emptied.
    pub fn begin(db: &Db, schema: &Schema) -> Target {
        let (steps, todo) = mpsc::channel(4);
        let (db, schema) = (db.clone(), schema.clone());
        let work = tokio::spawn(async move {
            match &db.0 {
                Inner::Sqlite(sqlite) => {
                    sqlite.alone("restore", move |conn| on_sqlite(conn, &schema, todo)).await
                }
                Inner::Postgres(postgres) => {
                    on_postgres(postgres.begin_heavy("restore").await?, &schema, todo).await
                }
            }
        });
        Target { steps: Some(steps), work }
    }

    /// Whether a table of the schema holds rows, other than what a database knows about itself.
    pub async fn holds_rows(db: &Db, schema: &Schema) -> Result<bool> {
        for table in schema.tables.iter().filter(|table| table.name != "db_meta") {
            let any = format!("SELECT 1 FROM \"{}\" LIMIT 1", table.name);
            if !db.query(&Sql::dynamic("archive.any", any), &[]).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Adds rows to the table at this place; tables come in the order of the schema.
    pub async fn rows(&mut self, place: usize, rows: Vec<Vec<Value>>) -> Result<()> {
        self.step(Step::Rows(place, rows)).await
    }

    /// Makes it all visible and durable.
    pub async fn commit(mut self) -> Result<()> {
        self.step(Step::Commit).await?;
        self.ended().await
    }

    async fn step(&mut self, step: Step) -> Result<()> {
        let sent = match &self.steps {
            Some(steps) => steps.send(step).await.is_ok(),
            None => false,
        };
        // Whoever does the work has ended early, and knows why.
        if sent { Ok(()) } else { self.ended().await.and(Err(Error::Closed)) }
    }

    async fn ended(&mut self) -> Result<()> {
        self.steps = None;
        (&mut self.work).await.map_err(|e| Error::engine("restore", e))?
    }
}

fn on_sqlite(conn: &Connection, schema: &Schema, mut todo: mpsc::Receiver<Step>) -> Result<()> {
    let fail = |e| sqlite::engine_error("restore", e);
    // Rows of one table may refer to later ones of the same.
    conn.execute_batch("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE").map_err(fail)?;
    let mut load = || {
        for table in schema.tables.iter().rev() {
            conn.execute(&format!("DELETE FROM \"{}\"", table.name), []).map_err(fail)?;
        }
        while let Some(step) = todo.blocking_recv() {
            let Step::Rows(place, rows) = step else {
                let mut broken =
                    conn.prepare("SELECT \"table\" FROM pragma_foreign_key_check").map_err(fail)?;
                let mut broken = broken.query([]).map_err(fail)?;
                if let Some(row) = broken.next().map_err(fail)? {
                    return Err(Error::ForeignKey(row.get(0).map_err(fail)?));
                }
                return conn.execute_batch("COMMIT").map_err(fail);
            };
            let table = table(schema, place)?;
            let marks: Vec<_> = (1..=table.columns.len()).map(|n| format!("?{n}")).collect();
            let text = format!(
                "INSERT INTO \"{}\" ({}) VALUES ({})",
                table.name,
                table.column_list(),
                marks.join(", ")
            );
            let mut insert = conn.prepare_cached(&text).map_err(fail)?;
            for row in &rows {
                insert.execute(params_from_iter(row)).map_err(fail)?;
            }
        }
        Err(Error::Closed)
    };
    let done = load();
    if !conn.is_autocommit() {
        conn.execute_batch("ROLLBACK").map_err(fail)?;
    }
    conn.execute_batch("PRAGMA foreign_keys = ON").map_err(fail)?;
    done
}

fn table(schema: &Schema, place: usize) -> Result<&Table> {
    schema.tables.get(place).ok_or_else(|| Error::Archive("no such table".into()))
}

async fn on_postgres(mut tx: PgTx, schema: &Schema, mut todo: mpsc::Receiver<Step>) -> Result<()> {
    let names: Vec<_> = schema.tables.iter().map(|table| format!("\"{}\"", table.name)).collect();
    tx.batch(&format!("SET LOCAL statement_timeout = 0; TRUNCATE {}", names.join(", "))).await?;
    let mut copy: Option<Copy> = None;
    while let Some(step) = todo.recv().await {
        let Step::Rows(place, rows) = step else {
            finish(copy.take()).await?;
            for table in &schema.tables {
                tx.batch(&table.continue_numbers()).await?;
            }
            tx.batch("ANALYZE").await?;
            return tx.commit().await;
        };
        if copy.as_ref().is_none_or(|copy| copy.place != place) {
            // One COPY for all rows of a table, so that rows may refer to later ones of the same.
            finish(copy.take()).await?;
            copy = Some(Copy::begin(&tx, place, table(schema, place)?).await?);
        }
        if let Some(copy) = &mut copy {
            for row in &rows {
                copy.writer
                    .as_mut()
                    .write_raw(postgres::refs(row))
                    .await
                    .map_err(|e| postgres::engine_error("restore", e))?;
            }
        }
    }
    drop(copy);
    tx.rollback().await;
    Err(Error::Closed)
}

struct Copy {
    place: usize,
    writer: std::pin::Pin<Box<BinaryCopyInWriter>>,
}

impl Copy {
    async fn begin(tx: &PgTx, place: usize, table: &Table) -> Result<Copy> {
        let fail = |e| postgres::engine_error("restore", e);
        let (client, list) = (tx.client()?, table.column_list());
        let shape = client.prepare(&format!("SELECT {list} FROM \"{}\"", table.name)).await.map_err(fail)?;
        let types: Vec<_> = shape.columns().iter().map(|column| column.type_().clone()).collect();
        let text = format!("COPY \"{}\" ({list}) FROM STDIN (FORMAT binary)", table.name);
        let sink = client.copy_in(text.as_str()).await.map_err(fail)?;
        Ok(Copy { place, writer: Box::pin(BinaryCopyInWriter::new(sink, &types)) })
    }
}

async fn finish(copy: Option<Copy>) -> Result<()> {
    if let Some(mut copy) = copy {
        copy.writer.as_mut().finish().await.map_err(|e| postgres::engine_error("restore", e))?;
    }
    Ok(())
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").finish_non_exhaustive()
    }
}
