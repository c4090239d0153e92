//! A statement that runs longer than its cost class allows is cut, and its connection goes on.

use std::time::Duration;

use db::{Db, Engine, Error, Options, params};
use testkit::TestDb;

use super::{NUMBER, T, add_pair, names};

db::statements! {
    COUNT = "t.count", "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS {int}) UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT count(*) FROM n";
    HEAVY_COUNT = "t.heavy_count", Heavy, "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS {int}) UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT count(*) FROM n";
    SLOW_BUMP = "t.slow_bump", "UPDATE parent SET number = number + (WITH RECURSIVE n (i) AS (SELECT CAST(1 AS {int}) UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT count(*) FROM n)";
}

/// Far more than a tenth of a second on any machine.
const ENDLESS: i64 = 1_000_000_000;

async fn cut(engine: Engine) {
    let Some(test) = TestDb::on(engine, &[T]).await else { return };
    test.db.close().await.unwrap();
    let short = Duration::from_millis(100);
    let options = Options { pool: 1, readers: 1, statement_timeout: short, ..test.options() };
    let db = Db::open(test.url(), options).await.unwrap();
    db::write_tx!(db, "setup", |tx| { add_pair(tx, 1).await }).unwrap();

    let error = db.query(&COUNT, &params![ENDLESS]).await.unwrap_err();
    assert!(matches!(error, Error::Timeout("t.count")), "{error:?}");
    assert!(error.is_unavailable() && !error.is_retry());
    assert_eq!(names(&db).await, ["1"], "the connection goes on");
    // The same work as a heavy statement may take its time.
    let most = 1_000_000_i64;
    let row = db.query_one(&HEAVY_COUNT, &params![most]).await.unwrap();
    assert_eq!(row.get::<i64>(0).unwrap(), most);

    let done = db::write_tx!(db, "slow", |tx| {
        add_pair(tx, 2).await?;
        tx.execute(&SLOW_BUMP, &params![ENDLESS]).await
    });
    assert!(matches!(done, Err(Error::Timeout("t.slow_bump"))), "{done:?}");
    db::write_tx!(db, "after", |tx| { add_pair(tx, 3).await }).unwrap();
    assert_eq!(names(&db).await, ["1", "3"], "nothing of the transaction that was cut is kept");
    db.close().await.unwrap();
    test.close().await;
}

#[tokio::test]
async fn sqlite() {
    cut(Engine::Sqlite).await;
}

#[tokio::test]
async fn postgres() {
    cut(Engine::Postgres).await;
}

/// A write that is cut takes its whole group with it on SQLite; the others run again, it does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_survives_the_member_that_was_cut() {
    let test = TestDb::sqlite(&[T]).await;
    test.db.close().await.unwrap();
    let options = Options { statement_timeout: Duration::from_millis(100), ..Options::default() };
    let db = Db::open(test.url(), options).await.unwrap();
    db::write_tx!(db, "setup", |tx| { add_pair(tx, 1).await }).unwrap();
    let mut holder = db.begin("holder").await.unwrap();
    add_pair(&mut holder, 2).await.unwrap();
    let other = db.clone();
    let slow = tokio::spawn(async move {
        db::write_tx!(other, "slow", |tx| { tx.execute(&SLOW_BUMP, &params![ENDLESS]).await })
    });
    while db.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(
        matches!(holder.commit().await, Err(Error::Retry(_))),
        "it was released into the group that was lost"
    );
    assert!(matches!(slow.await.unwrap(), Err(Error::Timeout(_))));
    db::write_tx!(db, "again", |tx| { add_pair(tx, 2).await }).unwrap();
    assert_eq!(names(&db).await, ["1", "2"]);
    assert_eq!(db.query_one(&NUMBER, &params![1]).await.unwrap().get::<i64>(0).unwrap(), 0);
    db.close().await.unwrap();
}
