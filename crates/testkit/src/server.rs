//! Databases on a PostgreSQL server: one per test, each from a template.

use std::sync::atomic::{AtomicU64, Ordering};

use db::{Db, MigrationSet, Options};
use tokio_postgres::{Client, NoTls, error::SqlState};

async fn connect(url: &str) -> Client {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.unwrap_or_else(|e| panic!("PostgreSQL: {e}"));
    tokio::spawn(connection);
    client
}

/// `url` with another database name.
pub(crate) fn with_database(url: &str, name: &str) -> String {
    let (head, query) = url.split_once('?').map_or((url, String::new()), |(h, q)| (h, format!("?{q}")));
    let (scheme, rest) = head.split_once("://").unwrap_or_else(|| panic!("ALLTING_TEST_PG is not a URL"));
    let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
    format!("{scheme}://{authority}/{name}{query}")
}

fn fresh(prefix: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{prefix}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Runs a statement about databases again while another test copies the same template.
async fn run(client: &Client, text: &str) -> Result<(), tokio_postgres::Error> {
    for _ in 0..200 {
        match client.batch_execute(text).await {
            Err(e) if e.code() == Some(&SqlState::OBJECT_IN_USE) => {
                tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            }
            done => return done,
        }
    }
    client.batch_execute(text).await
}

/// Makes a database of its own for one test; answers its name.
pub(crate) async fn from_template(server: &str, sets: &[MigrationSet]) -> String {
    let client = connect(server).await;
    let template = format!("allting_template_{}", db::fingerprint(sets));
    let known = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&template]).await;
    if known.unwrap_or_else(|e| panic!("{e}")).is_none() {
        make_template(server, &client, &template, sets).await;
    }
    let name = fresh("allting_test");
    drop(run(&client, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await);
    run(&client, &format!("CREATE DATABASE {name} TEMPLATE {template}"))
        .await
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    name
}

/// Made under another name and renamed, since tests run in parallel processes; who comes second throws its own away.
async fn make_template(server: &str, client: &Client, template: &str, sets: &[MigrationSet]) {
    let building = fresh("allting_building");
    drop(run(client, &format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)")).await);
    run(client, &format!("CREATE DATABASE {building}")).await.unwrap_or_else(|e| panic!("{building}: {e}"));
    let options = Options { pool: 4, ..Options::default() };
    let db = Db::open(&with_database(server, &building), options)
        .await
        .unwrap_or_else(|e| panic!("{building}: {e}"));
    db.migrate(sets).await.unwrap_or_else(|e| panic!("{e}"));
    db.close().await.unwrap_or_else(|e| panic!("{e}"));
    drop(db);
    if run(client, &format!("ALTER DATABASE {building} RENAME TO {template}")).await.is_err() {
        remove_with(client, &building).await;
    }
}

/// Drops a database whoever is connected to it.
pub(crate) async fn remove(server: &str, name: &str) {
    remove_with(&connect(server).await, name).await;
}

async fn remove_with(client: &Client, name: &str) {
    drop(run(client, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await);
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_database_of_a_url_is_replaced() {
        assert_eq!(with_database("postgres:///postgres?host=/s&port=1", "t"), "postgres:///t?host=/s&port=1");
        assert_eq!(with_database("postgres://u:p@h:5/db", "t"), "postgres://u:p@h:5/t");
        assert_eq!(with_database("postgres://h", "t"), "postgres://h/t");
    }
}
