//! A server that is restarted under way, and one that may lose what it acknowledged.

use std::time::{Duration, Instant};

use db::{Db, Error, Level, Options};

use super::{T, add_pair, cluster::Cluster, names, orphans};

async fn write(db: &Db, id: i64) -> db::Result<u64> {
    db::write_tx!(db, "outage", |tx| { add_pair(tx, id).await })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pool_recovers_after_a_restart() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let strict = Options { pool: 4, demand_durable: true, ..Options::default() };
    let db = Db::open(&cluster.url, strict.clone()).await.unwrap();
    assert_eq!(db.durability().await.unwrap().level, Level::Full);
    let lazy = format!("{}&options=-c%20synchronous_commit%3Doff", cluster.url);
    let refused = Db::open(&lazy, strict).await;
    assert!(
        matches!(&refused, Err(Error::Url(why)) if why.contains("synchronous_commit=off")),
        "{refused:?}"
    );
    let warned = Db::open(&lazy, Options::default()).await.unwrap();
    assert_eq!(warned.durability().await.unwrap().level, Level::Normal);

    db.migrate(&[T]).await.unwrap();
    let writer = db.clone();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let load = tokio::spawn(async move {
        let (mut acknowledged, mut failed, mut longest) = (Vec::new(), 0, Duration::ZERO);
        let mut last = Instant::now();
        for id in 1.. {
            match write(&writer, id).await {
                Ok(_) => {
                    longest = longest.max(last.elapsed());
                    last = Instant::now();
                    acknowledged.push(id.to_string());
                }
                Err(error) => {
                    assert!(error.is_unavailable(), "{error:?}");
                    failed += 1;
                }
            }
            if stopped.try_recv().is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        (acknowledged, failed, longest)
    });
    let before = Instant::now();
    while names(&db).await.len() < 20 {
        assert!(before.elapsed() < Duration::from_secs(20), "nothing is written");
    }
    let cluster = tokio::task::spawn_blocking(move || {
        cluster.restart();
        cluster
    });
    let cluster = cluster.await.unwrap();
    // A read finds its way at once: it leaves nothing behind, so it is done again on a new connection.
    let count = names(&db).await.len();
    let before = Instant::now();
    while names(&db).await.len() < count + 20 {
        assert!(before.elapsed() < Duration::from_secs(20), "nothing is written after the restart");
    }
    stop.send(()).unwrap();
    let (acknowledged, failed, longest) = load.await.unwrap();
    let kept = names(&db).await;
    let lost: Vec<_> = acknowledged.iter().filter(|id| !kept.contains(id)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert_eq!(orphans(&db).await, 0);
    let count = acknowledged.len();
    eprintln!("restart: {count} acknowledged, 0 lost, {failed} told to try again, longest gap {longest:?}");
    db.close().await.unwrap();
    drop(cluster);
}
