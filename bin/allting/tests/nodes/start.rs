//! Starts: several at once on an empty database, and on a database of another version.

use crate::harness::{Site, figure};
use futures_util::future::join_all;
use testkit::Engine;

#[tokio::test]
async fn four_nodes_start_at_once_on_an_empty_database() {
    let Some(site) = Site::on(Engine::Postgres).await else { return };
    let db = site.db().await;
    // Really empty: the tables of the migrations themselves are missing, too.
    for table in ["db_migration", "db_meta", "db_lock"] {
        let drop = db::Sql::dynamic("test.drop", format!("DROP TABLE {table}"));
        db::write_tx!(db, "test.drop", |tx| { tx.execute(&drop, &[]).await }).unwrap();
    }
    let nodes = join_all((0..4).map(|_| site.start())).await;
    let persons: i64 = one(&db, "SELECT COUNT(*) FROM person").await;
    let distinct: i64 = one(&db, "SELECT COUNT(DISTINCT pid) FROM party WHERE pid IS NOT NULL").await;
    assert!(persons >= 60 && persons == distinct, "{persons} people, {distinct} numbers");
    let alone = Site::on(Engine::Postgres).await.unwrap();
    let node = alone.start().await;
    let same: i64 = one(&alone.db().await, "SELECT COUNT(*) FROM person").await;
    assert_eq!(persons, same, "one node seeds as much as four");
    let slowest = nodes.iter().map(|node| node.start).max().unwrap();
    figure(
        "four nodes at once on an empty database, the slowest start",
        format!("{} ms", slowest.as_millis()),
    );
    drop((node, nodes));
    alone.end().await;
    site.end().await;
}

async fn one(db: &db::Db, text: &'static str) -> i64 {
    let sql = db::Sql::dynamic("test.one", text.to_owned());
    db.query_one(&sql, &[]).await.unwrap().get(0).unwrap()
}

static NEWER: db::Sql = db::Sql::new(
    "test.newer",
    "INSERT INTO db_migration (block, name, checksum) VALUES ('jobs', '9999_of_the_next_version', 'x')",
);

#[tokio::test]
async fn an_older_version_goes_on_but_does_not_start_on_a_newer_database() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(site) = Site::on(engine).await else { continue };
        let node = site.start().await;
        // On SQLite nobody else can migrate while it runs.
        if engine == Engine::Sqlite {
            assert!(node.stop().await.success());
            let db = site.db().await;
            db::write_tx!(db, "test.newer", |tx| { tx.execute(&NEWER, &[]).await }).unwrap();
            db.close().await.unwrap();
        } else {
            let db = site.db().await;
            db::write_tx!(db, "test.newer", |tx| { tx.execute(&NEWER, &[]).await }).unwrap();
            assert!(node.is_ready().await);
            drop(node);
        }
        let log = site.try_start().await.err().unwrap();
        assert!(log.contains("jobs/9999_of_the_next_version was applied by a newer version"), "{log}");
        site.end().await;
    }
}
