//! Invariant 7: a future dropped at any await leaves neither half a transaction nor an open one.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use db::{Db, Engine, Error, params};
use testkit::TestDb;

use super::{BUMP, NUMBER, T, add_pair, names, orphans};

db::statements! {
    OPEN = "t.open", "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    KILL = "t.kill", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    HEAVY_BUMP = "t.heavy_bump", Heavy, "UPDATE parent SET number = number + 1 WHERE id = $1";
}

/// Polls a future a number of times, then gives up on it.
struct Polls<F>(Pin<Box<F>>, usize);

impl<F: Future> Future for Polls<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.1 == 0 {
            return Poll::Ready(None);
        }
        self.1 -= 1;
        self.0.as_mut().poll(cx).map(Some)
    }
}

async fn nothing_stays_open(db: &Db) {
    if db.engine() == Engine::Sqlite {
        // The next transaction begins and commits at once, so none is open.
        db.begin("probe").await.unwrap().commit().await.unwrap();
        return;
    }
    let limit = Instant::now() + Duration::from_secs(5);
    while db.query_one(&OPEN, &[]).await.unwrap().get::<i64>(0).unwrap() > 0 {
        assert!(Instant::now() < limit, "a transaction stays open");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

testkit::db_suite! { [T];
    async fn at_every_await(db: Db) {
        db::write_tx!(db, "setup", |tx| { add_pair(tx, 0).await }).unwrap();
        let mut finished = false;
        for polls in 0..200 {
            let id = polls as i64 + 1;
            let work = async {
                db::write_tx!(db, "cancelled", |tx| {
                    add_pair(tx, id).await?;
                    tx.execute(&HEAVY_BUMP, &params![0]).await
                })
            };
            let done = Polls(Box::pin(work), polls).await;
            nothing_stays_open(&db).await;
            assert_eq!(orphans(&db).await, 0, "after {polls} polls");
            let kept = names(&db).await.len() as i64 - 1;
            let bumps: i64 = db.query_one(&NUMBER, &params![0]).await.unwrap().get(0).unwrap();
            assert_eq!(kept, bumps, "after {polls} polls");
            if let Some(done) = done {
                done.unwrap();
                assert!(names(&db).await.contains(&id.to_string()));
                finished = true;
                break;
            }
        }
        assert!(finished, "never came to its end");
    }

    async fn among_others(db: Db) {
        db::write_tx!(db, "setup", |tx| { add_pair(tx, 0).await }).unwrap();
        let writers = (1..=16_usize).map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut kept = Vec::new();
                for turn in 0..25_usize {
                    let id = (writer * 100 + turn) as i64;
                    let work = async { db::write_tx!(db, "among", |tx| { add_pair(tx, id).await?; tx.execute(&BUMP, &params![0]).await }) };
                    match Polls(Box::pin(work), (writer * 7 + turn) % 23).await {
                        Some(Ok(_)) => kept.push(id),
                        Some(Err(error)) => panic!("{error}"),
                        None => {}
                    }
                }
                kept
            })
        });
        let mut kept = Vec::new();
        for writer in writers.collect::<Vec<_>>() {
            kept.extend(writer.await.unwrap());
        }
        nothing_stays_open(&db).await;
        assert_eq!(orphans(&db).await, 0);
        let there = names(&db).await;
        assert!(kept.iter().all(|id| there.contains(&id.to_string())), "acknowledged and lost");
        let bumps: i64 = db.query_one(&NUMBER, &params![0]).await.unwrap().get(0).unwrap();
        assert_eq!(bumps, there.len() as i64 - 1);
    }

    async fn a_dropped_transaction_is_undone(db: Db) {
        let mut tx = db.begin("dropped").await.unwrap();
        add_pair(&mut tx, 1).await.unwrap();
        drop(tx);
        nothing_stays_open(&db).await;
        assert_eq!(names(&db).await, Vec::<String>::new());
    }

    async fn a_block_that_panics_is_undone(db: Db) {
        let other = db.clone();
        let done = tokio::spawn(async move {
            db::write_tx!(other, "panics", |tx| {
                add_pair(tx, 1).await?;
                panic!("in the middle");
                #[expect(unreachable_code, reason = "names the type of the block")]
                Ok::<(), Error>(())
            })
        });
        assert!(done.await.is_err());
        nothing_stays_open(&db).await;
        assert_eq!(names(&db).await, Vec::<String>::new());
    }

    async fn a_lost_connection_runs_the_block_again(db: Db) {
        if db.engine() == Engine::Sqlite {
            return;
        }
        let mut runs = 0;
        let killer = &db;
        db::write_tx!(db, "lost", |tx| {
            runs += 1;
            if runs == 1 {
                killer.query(&KILL, &[]).await?;
            }
            add_pair(tx, 1).await
        }).unwrap();
        assert_eq!((runs, names(&db).await.len()), (2, 1));
    }
}

/// Two that wait for each other: the server ends one, which runs again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_runs_the_block_again() {
    let Some(test) = TestDb::on(Engine::Postgres, &[T]).await else { return };
    let db = test.db.clone();
    db::write_tx!(db, "setup", |tx| {
        add_pair(tx, 1).await?;
        add_pair(tx, 2).await
    })
    .unwrap();
    let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(2));
    let both = [(1_i64, 2_i64), (2, 1)].map(|(first, second)| {
        let (db, barrier) = (db.clone(), barrier.clone());
        tokio::spawn(async move {
            let mut runs = 0;
            db::write_tx!(db, "deadlock", |tx| {
                runs += 1;
                tx.execute(&BUMP, &params![first]).await?;
                if runs == 1 {
                    barrier.wait().await;
                }
                tx.execute(&BUMP, &params![second]).await
            })
            .map(|_| runs)
        })
    });
    let mut runs = 0;
    for one in both {
        runs += one.await.unwrap().unwrap();
    }
    // The one that was ended may come back before the other has woken, and be ended once more.
    assert!(runs >= 3, "{runs}");
    assert_eq!(db.query_one(&NUMBER, &params![1]).await.unwrap().get::<i64>(0).unwrap(), 2);
    test.close().await;
}
