//! The main job on two nodes behind a balancer, one of which is killed in the middle.

use crate::harness::{Balancer, Site, figure};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;
use testkit::Engine;

/// After this step the killed node has jobs of the filing in its hands.
const MIDDLE: &str = "the vendor files for the condominium";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_job_goes_on_when_one_of_two_nodes_is_killed() {
    let balancer = Balancer::start().await;
    let Some(site) = Site::on(Engine::Postgres).await else { return };
    let site = site.with("server.public_url", &balancer.url).with("jobs.lease_seconds", "15");
    let (one, two) = (site.start().await, site.start().await);
    balancer.add(&one.url).await;
    balancer.add(&two.url).await;
    let begun = Instant::now();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_allting"))
        .args(["demo", "--at", &balancer.url])
        .current_dir(site.path(""))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let out = demo.stdout.take().unwrap();
    let reading = tokio::task::spawn_blocking(move || {
        for line in BufReader::new(out).lines() {
            let _ = tell.send(line.unwrap());
        }
    });
    let (mut one, mut before) = (Some(one), 0);
    while let Some(line) = told.recv().await {
        println!("{line}");
        if line.contains(MIDDLE) {
            before = balancer.passed();
            let victim = one.take().unwrap();
            println!("  -- kill -9 of the node at {}", victim.url);
            balancer.between_requests(|| victim.kill()).await;
        }
    }
    reading.await.unwrap();
    assert!(demo.wait().unwrap().success());
    assert!(one.is_none(), "nobody was killed");
    figure(
        "demo on two nodes, one killed: requests before and after",
        format!("{before}, {}", balancer.passed() - before),
    );
    figure("demo on two nodes, one killed: time", format!("{} ms", begun.elapsed().as_millis()));
    drop(two);
    site.end().await;
}
