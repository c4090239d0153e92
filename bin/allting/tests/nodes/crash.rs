//! `kill -9` under filing load: what was acknowledged is there, once; what was not is there once or not at all.

use crate::harness::{Cluster, Filer, Node, Site, figure, size, spread, until};
use allting::demo::http::Http;
use kernel::{Ids, SeededIds};
use std::time::Duration;
use testkit::Engine;

/// Places that file at the same time.
const CLIENTS: usize = 4;

/// A moment after the first acknowledgement of this round.
async fn moment(filer: &Filer, chance: &SeededIds) {
    let before = filer.acknowledged();
    until("the first acknowledgement", async || (filer.acknowledged() > before).then_some(())).await;
    let mut bytes = [0; 2];
    chance.fill(&mut bytes);
    tokio::time::sleep(Duration::from_millis(u64::from(u16::from_le_bytes(bytes)) % 1000)).await;
}

async fn rounds(site: Site, name: &str, rounds: usize) {
    let chance = SeededIds::new(3);
    let first = site.start().await;
    let filer = Filer::at(&first.url).await;
    let (mut recovered, mut retried) = (vec![], 0);
    let mut node = first;
    for _ in 0..rounds {
        let token = filer.token(&Http::new(&node.url).unwrap()).await;
        let storm = filer.storm(&node, &token, CLIENTS);
        moment(&filer, &chance).await;
        node.kill();
        storm.join_all().await;
        node = site.start().await;
        recovered.push(node.start);
        retried += filer.retry_half(&node).await;
    }
    assert!(node.stop().await.success());
    let db = site.settled().await;
    let filings = filer.books_agree_with(&db).await;
    db.close().await.unwrap();
    figure(&format!("{name}: rounds of kill -9"), rounds);
    figure(&format!("{name}: filings, acknowledged"), format!("{filings}, {}", filer.acknowledged()));
    figure(&format!("{name}: unanswered filings sent again"), retried);
    figure(&format!("{name}: start to ready after a kill, least / middle / most"), spread(&recovered));
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_and_doubles_nothing_on_sqlite() {
    let site = Site::on(Engine::Sqlite).await.unwrap();
    rounds(site.with("jobs.lease_seconds", "15"), "SQLite", size(5, 50)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_and_doubles_nothing_on_postgres() {
    let Some(site) = Site::on(Engine::Postgres).await else { return };
    rounds(site.with("jobs.lease_seconds", "15"), "PostgreSQL", size(3, 50)).await;
}

/// Files through a crash of the database server until it takes filings again; answers how long that took after its start.
async fn through_a_crash(filer: &Filer, node: &Node, cluster: &Cluster, chance: &SeededIds) -> Duration {
    let http = Http::new(&node.url).unwrap();
    let token = filer.token(&http).await;
    let storm = filer.storm(node, &token, CLIENTS);
    moment(filer, chance).await;
    cluster.crash();
    storm.join_all().await;
    assert!(!node.is_ready().await, "ready without a database");
    cluster.again();
    let begun = std::time::Instant::now();
    until("filings after a crash of the database server", async || {
        filer.file(&http, &token).await.then_some(())
    })
    .await;
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_database_server_loses_and_doubles_nothing() {
    if std::env::var_os("ALLTING_TEST_PG").is_none() {
        return;
    }
    let cluster = Cluster::start(&["fsync=on"]);
    let site = Site::at(cluster.url.clone()).with("jobs.lease_seconds", "15");
    let node = site.start().await;
    let filer = Filer::at(&node.url).await;
    let chance = SeededIds::new(3);
    let mut recovered = vec![];
    for _ in 0..size(1, 10) {
        recovered.push(through_a_crash(&filer, &node, &cluster, &chance).await);
        filer.retry_half(&node).await;
    }
    assert!(node.stop().await.success());
    let db = site.settled().await;
    let filings = filer.books_agree_with(&db).await;
    db.close().await.unwrap();
    figure("PostgreSQL itself killed: rounds", recovered.len());
    figure("PostgreSQL itself killed: filings, acknowledged", format!("{filings}, {}", filer.acknowledged()));
    figure(
        "PostgreSQL itself killed: its start to the first filing, least / middle / most",
        spread(&recovered),
    );
}
