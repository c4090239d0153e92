//! Jobs of several nodes: shared, run once at a time, taken over from a worker that is paused past its lease.

use crate::harness::{Filer, Node, Site, figure, until};
use allting::demo::http::Http;
use axum::extract::State;
use http::StatusCode;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use testkit::Engine;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

const LEASE: Duration = Duration::from_secs(15);

/// A webhook that keeps its first event waiting until it is let go, and the second try of that event as well.
#[derive(Clone)]
struct Hook {
    heard: Arc<Mutex<Vec<String>>>,
    gates: Arc<[Semaphore; 2]>,
}

impl Hook {
    async fn start() -> (Self, String) {
        let gates = [Semaphore::new(0), Semaphore::new(0)];
        let hook = Self { heard: Arc::default(), gates: Arc::new(gates) };
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", socket.local_addr().unwrap());
        let app = axum::Router::new().route("/hook", axum::routing::post(hear)).with_state(hook.clone());
        tokio::spawn(async move { axum::serve(socket, app).await });
        (hook, url)
    }

    /// How often the first event has come.
    fn tries(&self) -> usize {
        let heard = self.heard.lock().unwrap();
        heard.first().map_or(0, |first| heard.iter().filter(|id| *id == first).count())
    }
}

async fn hear(State(hook): State<Hook>, body: String) -> StatusCode {
    let event: Value = serde_json::from_str(&body).unwrap();
    if event["type"] == "platform.events.validatesubscription" {
        return StatusCode::OK;
    }
    let id = event["id"].as_str().unwrap().to_owned();
    let turn = {
        let mut heard = hook.heard.lock().unwrap();
        heard.push(id.clone());
        if heard[0] == id { heard.iter().filter(|one| **one == id).count() } else { 0 }
    };
    if let Some(gate) = turn.checked_sub(1).and_then(|turn| hook.gates.get(turn)) {
        drop(gate.acquire().await);
    }
    StatusCode::OK
}

/// Who has the job that posts this event, and which try it is.
async fn owner(db: &db::Db, event: &str) -> Option<(uuid::Uuid, i64)> {
    let sql = db::Sql::new(
        "test.owner",
        "SELECT o.lease_owner, o.attempts FROM outbox o JOIN cloud_event e ON o.key LIKE CAST(e.row AS TEXT) || '/%'
         WHERE o.queue = 'events.outbound' AND e.id = $1",
    );
    let row = db.query_opt(&sql, &db::params![event]).await.unwrap()?;
    Some((row.get::<Option<uuid::Uuid>>(0).unwrap()?, row.get(1).unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_wakes_after_its_lease_changes_nothing() {
    let Some(site) = Site::on(Engine::Postgres).await else { return };
    let site = site.with("jobs.lease_seconds", &LEASE.as_secs().to_string());
    let db = site.db().await;
    let paused = site.start().await;
    let http = Http::new(&paused.url).unwrap();
    let filer = Filer::at(&paused.url).await;
    let (hook, url) = Hook::start().await;
    filer.subscribe(&http, &url).await;
    assert!(filer.file(&http, &filer.token(&http).await).await);
    until("the event", async || (hook.tries() == 1).then_some(())).await;
    paused.signal("STOP");
    let begun = Instant::now();
    let other = site.start().await;
    until("the other node's try", async || (hook.tries() == 2).then_some(())).await;
    figure("a paused worker's job is with another node after", format!("{} ms", begun.elapsed().as_millis()));
    let event = hook.heard.lock().unwrap()[0].clone();
    let held = owner(&db, &event).await.unwrap();
    assert_eq!(held.1, 2, "the second try");
    paused.signal("CONT");
    until("the paused worker's failure", async || paused.log().contains("job failed").then_some(())).await;
    assert_eq!(owner(&db, &event).await, Some(held), "the job is the other's still");
    hook.gates[1].add_permits(1);
    let done = db::Sql::new("test.left", "SELECT COUNT(*) FROM outbox");
    let left = async || db.query_one(&done, &[]).await.unwrap().get::<i64>(0).unwrap();
    until("the end of all jobs", async || (left().await == 0).then_some(())).await;
    hook.gates[0].add_permits(1);
    assert_eq!(hook.tries(), 2);
    filer.books_agree_with(&db).await;
    for node in [paused, other] {
        assert!(node.stop().await.success());
    }
    site.end().await;
}

/// Sum of a counter's lines that have this label.
async fn count(node: &Node, name: &str, label: &str) -> u64 {
    let metrics = node.metrics().await;
    let lines = metrics.lines().filter(|line| line.starts_with(name) && line.contains(label));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_share_the_jobs_and_each_runs_once() {
    let Some(site) = Site::on(Engine::Postgres).await else { return };
    let (one, two) = (site.start().await, site.start().await);
    let doors = [&one, &two].map(|node| Http::new(&node.url).unwrap());
    let filer = Filer::at(&one.url).await;
    let token = filer.token(&doors[0]).await;
    let filings = 60;
    for _ in 0..filings / 10 {
        // As many at once as the pool of one node has connections, and more.
        let ten = (0..10).map(|place| filer.file(&doors[place % 2], &token));
        assert!(futures_util::future::join_all(ten).await.into_iter().all(|taken| taken));
    }
    let label = "queue=\"skatteetaten.feedback\"";
    // Metrics are folded now and then, so the last job shows a little later.
    let shares = until("the answers", async || {
        let shares = [count(&one, "jobs_total", label).await, count(&two, "jobs_total", label).await];
        (shares[0] + shares[1] >= filings).then_some(shares)
    })
    .await;
    figure("answers of the back office on two nodes", format!("{} + {}", shares[0], shares[1]));
    assert!(shares[0] + shares[1] == filings && shares[0] > 0 && shares[1] > 0, "{shares:?}");
    for node in [one, two] {
        assert!(node.stop().await.success());
    }
    let db = site.settled().await;
    filer.books_agree_with(&db).await;
    site.end().await;
}
