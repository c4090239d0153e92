//! A business clock that one node moves is moved on all of them.

use crate::harness::{Site, figure, until};
use allting::demo::http::{Http, Send};
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::Engine;

const CLOCK: &str = "/sandbox/api/v1/clock";

async fn now(url: &str) -> jiff::Timestamp {
    let answer = Http::new(url).unwrap().get(CLOCK, None).await.unwrap();
    answer.json().unwrap()["now"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_moved_clock_reaches_the_other_nodes_and_stays_where_it_was_put() {
    let Some(site) = Site::on(Engine::Postgres).await else { return };
    let (one, two) = (site.start().await, site.start().await);
    let mut slowest = Duration::ZERO;
    for round in 0..10 {
        let (here, there) = if round % 2 == 0 { (&one, &two) } else { (&two, &one) };
        let http = Http::new(&here.url).unwrap();
        let step = Send { json: Some(json!({"advance": "P1D"})), ..Send::default() };
        let begun = Instant::now();
        http.send(Method::PUT, CLOCK, step).await.unwrap().expect(200).unwrap();
        until("the clock of the other node", async || {
            let ahead = now(&here.url).await.duration_since(now(&there.url).await).abs();
            (ahead < jiff::SignedDuration::from_hours(1)).then_some(())
        })
        .await;
        slowest = slowest.max(begun.elapsed());
    }
    figure("a moved clock reaches the other node, the slowest of 10", format!("{} ms", slowest.as_millis()));
    drop((one, two));
    site.end().await;
}
