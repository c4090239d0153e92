//! Invariant 2 (a group that the engine rolls back is run again) and the writers under load.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use db::{Db, Engine, Error, MigrationSet, params};
use testkit::TestDb;

use super::{BUMP, NUMBER, ORPHANS, SUM, T, add, add_pair, file, names, orphans};

/// A migration runs on the connection that writes, which is how a test sets its quota.
const QUOTA: MigrationSet =
    MigrationSet { block: "quota", files: &[file("0001", "PRAGMA max_page_count = 60")] };

db::statements! {
    BIG = "t.big", "INSERT INTO parent (id, name) VALUES (2, CAST(zeroblob(2000000) AS TEXT))";
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_group_thrown_away_by_the_engine_runs_again() {
    let test = TestDb::sqlite(&[T]).await;
    let db = test.db.clone();
    db.migrate(&[T, QUOTA]).await.unwrap();
    let (runs, big_runs) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    // The holder lets three others queue, so that they become one group with it.
    let mut holder = db.begin("holder").await.unwrap();
    add(&mut holder, 1).await.unwrap();
    let (a, b) = (db.clone(), db.clone());
    let counted = runs.clone();
    let small = tokio::spawn(async move {
        db::write_tx!(a, "small", |tx| {
            counted.fetch_add(1, Ordering::SeqCst);
            add_pair(tx, 10).await
        })
    });
    while !queued(&db, 1).await {}
    let counted = big_runs.clone();
    let big = tokio::spawn(async move {
        db::write_tx!(b, "big", |tx| {
            counted.fetch_add(1, Ordering::SeqCst);
            tx.execute(&BIG, &[]).await
        })
    });
    while !queued(&db, 2).await {}
    let held = holder.commit().await;
    let small = small.await.unwrap();
    let big = big.await.unwrap();
    assert!(
        matches!(held, Err(Error::Retry(_))),
        "the holder was released into the group that was lost: {held:?}"
    );
    assert!(matches!(small, Ok(1)), "{small:?}");
    assert!(matches!(big, Err(Error::Full(_))), "alone it has only itself to blame: {big:?}");
    assert!(runs.load(Ordering::SeqCst) >= 2, "the small one must have been run again");
    assert!(big_runs.load(Ordering::SeqCst) >= 2, "among others it is not known to be the one to blame");
    assert_eq!(names(&db).await, ["10"]);
    assert_eq!(orphans(&db).await, 0);
    test.close().await;
}

/// Lets the runtime go on until `count` others wait for the writer.
async fn queued(db: &Db, count: usize) -> bool {
    tokio::task::yield_now().await;
    db.waiting() >= count
}

async fn many_writers(engine: Engine) {
    let Some(test) = TestDb::on(engine, &[T]).await else { return };
    let db = test.db.clone();
    db::write_tx!(db, "setup", |tx| { add_pair(tx, 0).await }).unwrap();
    let writers = (1..=32_i64).map(|writer| {
        let db = db.clone();
        tokio::spawn(async move {
            let mut kept = 0;
            for turn in 0..10_i64 {
                let id = writer * 100 + turn;
                let fails = (writer + turn) % 3 == 0;
                let done = db::write_tx!(db, "many", |tx| {
                    add_pair(tx, id).await?;
                    tx.execute(&BUMP, &params![0]).await?;
                    if fails { add(tx, 0).await } else { Ok::<_, Error>(1) }
                });
                match done {
                    Ok(_) => kept += 1,
                    Err(Error::Unique(_)) if fails => {}
                    Err(other) => panic!("{other}"),
                }
            }
            kept
        })
    });
    let mut kept = 0;
    for writer in writers.collect::<Vec<_>>() {
        kept += writer.await.unwrap();
    }
    let row = db.query_one(&SUM, &[]).await.unwrap();
    assert_eq!(row.get::<i64>(0).unwrap(), kept + 1, "every acknowledged row is there, and no other");
    assert_eq!(db.query_one(&NUMBER, &params![0]).await.unwrap().get::<i64>(0).unwrap(), kept);
    assert_eq!(db.query_one(&ORPHANS, &[]).await.unwrap().get::<i64>(0).unwrap(), 0);
    test.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_sqlite() {
    many_writers(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_postgres() {
    many_writers(Engine::Postgres).await;
}

/// A member that is alone and gives up leaves the file free for writers of other connections.
#[tokio::test]
async fn nothing_stays_open_behind_a_dropped_transaction() {
    let test = TestDb::sqlite(&[T]).await;
    let path = test.url().trim_start_matches("sqlite:").split('?').next().unwrap().to_owned();
    let raw = rusqlite::Connection::open(path).unwrap();
    raw.busy_timeout(std::time::Duration::ZERO).unwrap();
    let mut tx = test.db.begin("dropped").await.unwrap();
    add(&mut tx, 1).await.unwrap();
    assert!(raw.execute_batch("BEGIN IMMEDIATE").is_err(), "the transaction holds the file");
    drop(tx);
    raw.execute_batch("BEGIN IMMEDIATE; ROLLBACK").unwrap();
    test.close().await;
}

/// What was committed is there when the file is opened again.
#[tokio::test]
async fn commits_survive_reopening() {
    let test = TestDb::sqlite(&[T]).await;
    db::write_tx!(test.db, "add", |tx| { add(tx, 1).await }).unwrap();
    let mut lost = test.db.begin("lost").await.unwrap();
    add(&mut lost, 2).await.unwrap();
    drop(lost);
    test.db.close().await.unwrap();
    let again = Db::open(test.url(), db::Options::default()).await.unwrap();
    assert_eq!(names(&again).await, ["1"]);
}
