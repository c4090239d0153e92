//! Three nodes are restarted one after the other under load, and no client notices.

use crate::harness::{Balancer, Filer, Site, figure, size};
use allting::demo::http::Http;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;
use testkit::Engine;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_fails_no_request() {
    let balancer = Balancer::start().await;
    let Some(site) = Site::on(Engine::Postgres).await else { return };
    let site = site.with("server.public_url", &balancer.url).with("server.drain_notice_seconds", "1");
    let mut nodes = Vec::new();
    for _ in 0..3 {
        let node = site.start().await;
        balancer.add(&node.url).await;
        nodes.push(node);
    }
    let filer = Filer::at(&balancer.url).await;
    let (stop, failed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let mut load = JoinSet::new();
    for client in 0..4 {
        let (filer, url) = (filer.clone(), balancer.url.clone());
        let (stop, failed) = (stop.clone(), failed.clone());
        load.spawn(async move {
            let http = Http::new(&url).unwrap();
            while !stop.load(Ordering::Relaxed) {
                // Tokens, filings, pages and open data, as the day brings them.
                let good = match client {
                    0 => filer.file(&http, &filer.token(&http).await).await,
                    1 => http.get("/", None).await.is_ok_and(|page| page.status == 200),
                    _ => {
                        let unit = http.get("/enhetsregisteret/api/enheter/310200107", None).await;
                        unit.is_ok_and(|unit| unit.status == 200)
                    }
                };
                failed.fetch_add(usize::from(!good), Ordering::Relaxed);
            }
        });
    }
    let before = balancer.passed();
    for _ in 0..size(1, 5) {
        for node in &mut nodes {
            let fresh = site.start().await;
            let old = std::mem::replace(node, fresh);
            let leaving = old.url.clone();
            let stopped = old.stop().await;
            assert!(stopped.success(), "{stopped}");
            balancer.remove(&leaving);
            balancer.add(&node.url).await;
        }
    }
    stop.store(true, Ordering::Relaxed);
    load.join_all().await;
    let passed = balancer.passed() - before;
    figure("rolling restart, requests", passed);
    figure("rolling restart, requests a second", passed as u64 / begun.elapsed().as_secs().max(1));
    figure("rolling restart, failed requests", failed.load(Ordering::Relaxed));
    assert_eq!(failed.load(Ordering::Relaxed), 0);
    assert!(passed > 100);
    for node in nodes {
        assert!(node.stop().await.success());
    }
    let db = site.settled().await;
    filer.books_agree_with(&db).await;
    site.end().await;
}
