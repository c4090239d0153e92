//! Invariant 4: `begin` waits for a bounded time and names who holds the writer.

use std::time::{Duration, Instant};

use db::{Db, Engine, Error, Options};
use testkit::TestDb;

use super::{T, add, names};

async fn impatient(engine: Engine) -> Option<(TestDb, Db)> {
    let test = TestDb::on(engine, &[T]).await?;
    test.db.close().await.unwrap();
    let options = Options { begin_wait: Duration::from_millis(80), pool: 1, ..test.options() };
    let db = Db::open(test.url(), options).await.unwrap();
    Some((test, db))
}

async fn a_begin_inside_a_transaction_ends(engine: Engine) {
    let Some((test, db)) = impatient(engine).await else { return };
    let mut outer = db.begin("outer").await.unwrap();
    add(&mut outer, 1).await.unwrap();
    let begun = Instant::now();
    match db.begin("inner").await {
        Err(Error::Busy { holder, .. }) => assert_eq!(holder, "outer"),
        other => panic!("{other:?}"),
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "longer than begin_wait");
    outer.commit().await.unwrap();
    let next = db.begin("next").await.unwrap();
    drop(next);
    assert_eq!(names(&db).await, ["1"]);
    db.close().await.unwrap();
    assert!(matches!(db.begin("late").await, Err(Error::Closed)));
    test.close().await;
}

#[tokio::test]
async fn sqlite() {
    a_begin_inside_a_transaction_ends(Engine::Sqlite).await;
}

#[tokio::test]
async fn postgres() {
    a_begin_inside_a_transaction_ends(Engine::Postgres).await;
}
