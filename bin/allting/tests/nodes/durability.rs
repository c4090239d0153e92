//! What is acknowledged has been synced: each answer has a sync of the log between its request and itself. The same check
//! must fail on a database that is told not to sync.

use crate::harness::{Cluster, Filer, Site, figure, size, until};
use allting::demo::http::{Http, Send};
use kernel::{Clock, SystemClock};
use reqwest::Method;
use serde_json::json;
use testkit::Engine;

/// One after the other: changes of a single row, then filings. Answers when each was asked and acknowledged, in microseconds.
async fn changes(url: &str, count: usize) -> Vec<(i64, i64)> {
    let http = Http::new(url).unwrap();
    let filer = Filer::at(url).await;
    let token = filer.token(&http).await;
    let mut times = Vec::new();
    for number in 0..count {
        let asked = SystemClock.now().as_microsecond();
        if number % 10 == 0 {
            assert!(filer.file(&http, &token).await);
        } else {
            let still = Send { json: Some(json!({"advance": "PT0S"})), ..Send::default() };
            http.send(Method::PUT, "/sandbox/api/v1/clock", still).await.unwrap().expect(200).unwrap();
        }
        times.push((asked, SystemClock.now().as_microsecond()));
    }
    times
}

/// Times of the syncs of the write-ahead log that `strace -f -y -ttt` has told of.
fn syncs(trace: &str) -> Vec<i64> {
    let sync = |line: &&str| line.contains("sync(") && line.contains("-wal>");
    let time = |line: &str| line.split_whitespace().nth(1).and_then(|text| text.parse::<f64>().ok());
    trace.lines().filter(sync).filter_map(time).map(|seconds| (seconds * 1e6) as i64).collect()
}

/// (changes, syncs while they were made, answers without a sync of their own)
async fn on_sqlite(durability: &str, count: usize) -> (usize, usize, usize) {
    let site = Site::on(Engine::Sqlite).await.unwrap().with("storage.durability", durability);
    let trace = site.path("trace");
    // -D: the server is our child, and strace watches it from aside.
    let out = trace.display().to_string();
    let strace = ["strace", "-D", "-f", "-y", "-ttt", "-e", "trace=fsync,fdatasync,pwrite64", "-o", &out];
    let site = site.under(&strace);
    let node = site.start().await;
    let times = changes(&node.url, count).await;
    assert!(node.stop().await.success());
    let text = until("the end of the trace", async || {
        let text = std::fs::read_to_string(&trace).unwrap();
        text.contains("+++ exited with 0 +++").then_some(text)
    })
    .await;
    let syncs = syncs(&text);
    let within = |from: i64, to: i64| syncs.iter().filter(|at| (from..=to).contains(*at)).count();
    let bare = times.iter().filter(|(asked, answered)| within(*asked, *answered) == 0).count();
    (times.len(), within(times[0].0, times[times.len() - 1].1), bare)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_answer_has_its_sync_on_sqlite() {
    let count = size(50, 1000);
    let (changes, syncs, bare) = on_sqlite("full", count).await;
    figure(
        "SQLite, full: acknowledged changes, syncs, answers without one",
        format!("{changes}, {syncs}, {bare}"),
    );
    assert!(syncs >= changes && bare == 0, "{bare} answers without a sync");
    let (changes, syncs, bare) = on_sqlite("normal", count).await;
    figure(
        "SQLite, planted normal: changes, syncs, answers without one",
        format!("{changes}, {syncs}, {bare}"),
    );
    assert!(syncs < changes && bare > changes / 2, "the check does not see a database that does not sync");
}

/// (changes, syncs while they were made), the latter as the server itself counts them.
async fn on_postgres(settings: &[&str], count: usize) -> (usize, i64) {
    let cluster = Cluster::start(settings);
    let site = Site::at(cluster.url.clone());
    let node = site.start().await;
    let db = site.db().await;
    let counted = db::Sql::new("test.wal_sync", "SELECT wal_sync FROM pg_stat_wal");
    let read = async || db.query_one(&counted, &[]).await.unwrap().get::<i64>(0).unwrap();
    // Sessions report what they have done a second later, or when they end.
    let settled = async || {
        let mut before = -1;
        until("figures that stand still", async || {
            tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
            let now = read().await;
            (std::mem::replace(&mut before, now) == now).then_some(now)
        })
        .await
    };
    let before = settled().await;
    let times = changes(&node.url, count).await;
    assert!(node.stop().await.success());
    let after = settled().await;
    db.close().await.unwrap();
    (times.len(), after - before)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_answer_has_its_sync_on_postgres() {
    if std::env::var_os("ALLTING_TEST_PG").is_none() {
        return;
    }
    let count = size(100, 2000);
    let (changes, syncs) = on_postgres(&["fsync=on"], count).await;
    figure("PostgreSQL, full: acknowledged changes, syncs", format!("{changes}, {syncs}"));
    assert!(syncs >= changes as i64, "{syncs} syncs of {changes} changes");
    let (changes, syncs) =
        on_postgres(&["fsync=on", "synchronous_commit=off", "wal_writer_delay=10s"], count).await;
    figure("PostgreSQL, planted synchronous_commit=off: changes, syncs", format!("{changes}, {syncs}"));
    assert!(syncs < changes as i64, "the check does not see a database that does not sync");
}
