//! tokio-postgres by itself: a connection and prepared statements per worker.

use serde_json::json;
use tokio_postgres::{Client, NoTls, Row, Statement};

use super::{
    ACTIVITY, DIALOGS, GET, OUTBOX, PAGE, PARTIES, Random, TOUCH, Turn, Uuid, Worker, at, dialog, fresh,
};

const NAME: &str = "allting_bench";

async fn connect(url: &str) -> Result<Client, String> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.map_err(|e| e.to_string())?;
    tokio::spawn(connection);
    Ok(client)
}

/// A database of our own on the server.
pub(super) struct Scratch {
    server: String,
    pub(super) url: String,
}

impl Scratch {
    pub(super) async fn make(server: &str) -> Result<Scratch, String> {
        let (head, query) = server.split_once('?').unwrap_or((server, ""));
        let (scheme, rest) = head.split_once("://").ok_or("--pg wants a URL")?;
        let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
        let scratch =
            Scratch { server: server.to_owned(), url: format!("{scheme}://{authority}/{NAME}?{query}") };
        scratch.drop_database().await?;
        let made = connect(server).await?.batch_execute(&format!("CREATE DATABASE {NAME}")).await;
        made.map(|()| scratch).map_err(|e| e.to_string())
    }

    async fn drop_database(&self) -> Result<(), String> {
        let text = format!("DROP DATABASE IF EXISTS {NAME} WITH (FORCE)");
        connect(&self.server).await?.batch_execute(&text).await.map_err(|e| e.to_string())
    }

    pub(super) async fn remove(self) -> Result<(), String> {
        self.drop_database().await
    }
}

/// What decides whether its commits are durable, and how fast it can be.
pub(super) async fn settings(url: &str) -> Result<serde_json::Value, String> {
    let client = connect(url).await?;
    let mut all = serde_json::Map::new();
    for name in ["server_version", "fsync", "synchronous_commit", "shared_buffers"] {
        let row = client.query_one(&format!("SHOW {name}"), &[]).await.map_err(|e| e.to_string())?;
        all.insert(name.to_owned(), row.get::<_, String>(0).into());
    }
    Ok(all.into())
}

pub(super) struct RawPostgres {
    client: Client,
    statements: [Statement; 5],
    random: Random,
}

impl RawPostgres {
    pub(super) async fn new(url: &str, seed: u64) -> Result<RawPostgres, String> {
        let client = connect(url).await?;
        let prepare = async |text| client.prepare(text).await.map_err(|e| e.to_string());
        let statements = [
            prepare(GET).await?,
            prepare(PAGE).await?,
            prepare(TOUCH).await?,
            prepare(ACTIVITY).await?,
            prepare(OUTBOX).await?,
        ];
        Ok(RawPostgres { client, statements, random: Random::new(seed) })
    }

    async fn commit(&mut self, n: u64) -> Result<usize, tokio_postgres::Error> {
        let [_, _, touch, activity, outbox] = &self.statements;
        let (id, at) = (dialog(n), at(n));
        let tx = self.client.transaction().await?;
        let revision: i64 = tx.query_one(touch, &[&id]).await?.get(0);
        for what in ["received", "validated"] {
            tx.execute(activity, &[&fresh(), &id, &at, &what]).await?;
        }
        let payload = json!({"dialog": n, "revision": revision});
        tx.execute(outbox, &[&fresh(), &"filing.received", &"k", &payload, &at]).await?;
        tx.commit().await.map(|()| 1)
    }
}

fn read(row: &Row) -> usize {
    let (_, _): (Uuid, i64) = (row.get(0), row.get(1));
    let (title, content): (String, &serde_json::value::RawValue) =
        (row.get(2), row.get::<_, tokio_postgres::types::Json<&serde_json::value::RawValue>>(3).0);
    let content = content.get().to_owned();
    let (_, _): (jiff::Timestamp, i64) = (row.get(4), row.get(5));
    title.len() + content.len()
}

impl Worker for RawPostgres {
    type Turn = Turn;

    async fn turn(&mut self, what: Turn) -> Result<(), String> {
        let n = self.random.below(DIALOGS);
        let done = match what {
            Turn::Point => {
                self.client.query_one(&self.statements[0], &[&dialog(n)]).await.map(|row| read(&row))
            }
            Turn::Page => {
                let (party, from, id) = ((n % PARTIES) as i64, at(DIALOGS), dialog(DIALOGS));
                let rows = self.client.query(&self.statements[1], &[&party, &from, &id]).await;
                rows.map(|rows| rows.iter().map(read).sum())
            }
            Turn::Commit => self.commit(n).await,
        };
        done.map(|_| ()).map_err(|e| e.to_string())
    }
}
