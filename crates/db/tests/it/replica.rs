//! Reads from a real streaming replica, and from the primary when it is away or too old.

use std::time::{Duration, Instant};

use db::{Db, Options, params};

use super::{T, add_pair, cluster::Cluster, names};

db::statements! {
    OF_REPLICA = "t.of_replica", "SELECT pg_is_in_recovery()";
    PAUSE = "t.pause", "SELECT pg_wal_replay_pause()";
    RESUME = "t.resume", "SELECT pg_wal_replay_resume()";
}

async fn reads_replica(db: &Db) -> bool {
    db.query_one(&OF_REPLICA, &params![]).await.unwrap().get(0).unwrap()
}

/// Writes all the while, since an idle replica never ages.
async fn until(db: &Db, id: &mut i64, want: bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while reads_replica(&db.stale_ok()).await != want {
        assert!(
            Instant::now() < limit,
            "stale reads never come from the {}",
            if want { "replica" } else { "primary" }
        );
        *id += 1;
        db::write_tx!(db, "write", |tx| { add_pair(tx, *id).await }).unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stale_reads_go_to_a_young_replica_only() {
    let Some(primary) = Cluster::start(&[]) else { return };
    let replica = primary.replica();
    let options = Options {
        pool: 4,
        replica: Some(replica.url.clone()),
        replica_lag: Duration::from_secs(1),
        ..Options::default()
    };
    let db = Db::open(&primary.url, options).await.unwrap();
    db.migrate(&[T]).await.unwrap();
    let mut id = 0;
    until(&db, &mut id, true).await;
    assert!(!reads_replica(&db).await, "other reads never leave the primary");
    let mut tx = db.stale_ok().begin("reads").await.unwrap();
    let inside: bool = tx.query_one(&OF_REPLICA, &params![]).await.unwrap().get(0).unwrap();
    assert!(!inside, "nor do transactions");
    tx.rollback().await;

    let direct = Db::open(&replica.url, Options::default()).await.unwrap();
    let refused = db::write_tx!(direct, "refused", |tx| { add_pair(tx, -1).await });
    assert!(matches!(refused, Err(db::Error::Storage(_))), "a standby refuses writes: {refused:?}");
    direct.query(&PAUSE, &[]).await.unwrap();
    until(&db, &mut id, false).await;
    assert_eq!(names(&db.stale_ok()).await.len(), id as usize, "nothing older than the bound is shown");
    direct.query(&RESUME, &[]).await.unwrap();
    until(&db, &mut id, true).await;
    drop(replica);
    until(&db, &mut id, false).await;
    assert_eq!(names(&db.stale_ok()).await.len(), id as usize);
    db.close().await.unwrap();
}
