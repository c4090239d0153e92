//! Start to ready, on nothing and on a seeded database, with the memory that it takes.

use crate::child::{Scratch, Server};
use crate::report::Report;
use std::time::Duration;

/// Starts of each kind; the middle one counts.
const ROUNDS: usize = 5;

pub async fn run() -> Result<(), String> {
    let mut report = Report::begin("start").await?;
    let (mut empty, mut seeded) = (Vec::new(), Vec::new());
    let (mut ready_mib, mut later_mib, mut peak_mib, mut bytes, mut cpu) = (0.0, 0.0, 0.0, 0, 0.0);
    for round in 0..ROUNDS {
        let scratch = Scratch::new(&format!("start-{round}"))?;
        let data = scratch.path().join("data");
        let first = Server::allting(&data, &[]).await?;
        empty.push(first.start.as_secs_f64());
        cpu = first.cpu_seconds();
        first.stop().await?;
        let second = Server::allting(&data, &[]).await?;
        seeded.push(second.start.as_secs_f64());
        ready_mib = second.rss_mib().0;
        tokio::time::sleep(Duration::from_secs(1)).await;
        (later_mib, peak_mib) = second.rss_mib();
        second.stop().await?;
        bytes = scratch.bytes();
    }
    let scratch = Scratch::new("start-memory")?;
    let server = Server::allting(&scratch.path().join("data"), &[]).await?;
    let (seed_mib, _) = server.rss_mib();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (after_mib, after_peak) = server.rss_mib();
    report.fact("start on an empty directory", middle(&mut empty), "s");
    report.fact("  of which processor time", cpu, "s");
    report.fact("start on a seeded directory", middle(&mut seeded), "s");
    report.fact("memory at ready after seeding", seed_mib, "MiB");
    report.fact("memory a second later", after_mib, "MiB");
    report.fact("memory at most while seeding", after_peak, "MiB");
    report.fact("memory at ready when seeded", ready_mib, "MiB");
    report.fact("memory a second later when seeded", later_mib, "MiB");
    report.fact("memory at most when seeded", peak_mib, "MiB");
    report.fact("disk of the seeded country", bytes as f64 / 1_048_576.0, "MiB");
    server.stop().await?;
    report.finish()
}

fn middle(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
