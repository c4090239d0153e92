//! What the limiter costs a request, in this process.

use crate::report::Report;
use httpkit::{Class, Limiter};
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

pub async fn run(time: Duration) -> Result<(), String> {
    let mut report = Report::begin("limits").await?;
    for (name, sandbox_times, callers) in [
        ("taken, one caller", "1000000", 1),
        ("taken, 100,000 callers", "1000000", 100_000),
        ("refused, one caller", "1", 1),
    ] {
        let settings = vec![("limits.sandbox_times".to_owned(), sandbox_times.to_owned())];
        let config = config::Config::load(None, std::iter::empty(), &settings).map_err(|e| e.to_string())?;
        let limiter = Limiter::new(&config);
        let address = |n: u32| IpAddr::from(Ipv4Addr::from(n.to_be_bytes()));
        // The burst is spent first.
        for _ in 0..10_000 {
            let _ = limiter.take(Class::Read, None, address(0));
        }
        let (begun, mut done) = (Instant::now(), 0_u32);
        while begun.elapsed() < time {
            for _ in 0..1000 {
                let _ = black_box(limiter.take(Class::Read, None, address(black_box(done) % callers)));
                done += 1;
            }
        }
        report.fact(name, begun.elapsed().as_secs_f64() * 1e9 / f64::from(done), "ns");
    }
    report.finish()
}
