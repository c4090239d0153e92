//! The load driver: one thread, kept connections, bounded in time and count.

use crate::child::{Scratch, Server, cpu_seconds};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A timer is this coarse; an operation that begins later than that after its time is counted from its time.
const COARSE: Duration = Duration::from_millis(2);

/// When operations begin.
#[derive(Clone, Copy)]
pub enum Pace {
    /// Each connection begins its next as soon as it has an answer.
    Closed,
    /// So many a second in all, whether the earlier ones have been answered or not (up to one a connection).
    Offered(f64),
}

/// What one connection does again and again.
pub trait Operation {
    /// Does it once; `false` when there is nothing left to do.
    async fn turn(&mut self) -> Result<bool, String>;
}

/// What one figure consists of.
pub struct Figure {
    pub name: String,
    pub connections: usize,
    pub offered: Option<f64>,
    pub elapsed: Duration,
    /// Nanoseconds of each operation, sorted.
    pub times: Vec<u64>,
    pub errors: u64,
    pub server_cpu: f64,
    pub driver_cpu: f64,
    pub rss_mib: f64,
    pub disk_bytes: i64,
}

/// Lets every connection repeat its operation for `time`.
pub async fn drive<O: Operation>(
    name: impl Into<String>,
    server: &Server,
    scratch: Option<&Scratch>,
    mut operations: Vec<O>,
    pace: Pace,
    time: Duration,
) -> Figure {
    let connections = operations.len();
    let disk = scratch.map_or(0, Scratch::bytes);
    let (server_cpu, driver_cpu) = (server.cpu_seconds(), cpu_seconds("self"));
    let begun = Instant::now();
    let loops = operations.iter_mut().enumerate().map(|(at, operation)| {
        let gap = match pace {
            Pace::Closed => None,
            Pace::Offered(rate) => Some(Duration::from_secs_f64(connections as f64 / rate)),
        };
        let first = gap.map_or(Duration::ZERO, |gap| gap.mul_f64(at as f64 / connections as f64));
        repeat(operation, begun + first, gap, begun + time)
    });
    let done = join_all(loops).await;
    let elapsed = begun.elapsed();
    let mut times = Vec::new();
    let mut errors = 0;
    for (some, failed) in done {
        times.extend(some);
        errors += failed;
    }
    times.sort_unstable();
    Figure {
        name: name.into(),
        connections,
        offered: match pace {
            Pace::Closed => None,
            Pace::Offered(rate) => Some(rate),
        },
        elapsed,
        times,
        errors,
        server_cpu: server.cpu_seconds() - server_cpu,
        driver_cpu: cpu_seconds("self") - driver_cpu,
        rss_mib: server.rss_mib().0,
        disk_bytes: scratch.map_or(0, Scratch::bytes) as i64 - disk as i64,
    }
}

async fn repeat<O: Operation>(
    operation: &mut O,
    first: Instant,
    gap: Option<Duration>,
    end: Instant,
) -> (Vec<u64>, u64) {
    let (mut times, mut errors, mut due) = (Vec::new(), 0, first);
    loop {
        if gap.is_some() {
            tokio::time::sleep_until(due.into()).await;
        }
        let now = Instant::now();
        if now >= end {
            break;
        }
        let mut late = Duration::ZERO;
        if let Some(gap) = gap {
            late = now.saturating_duration_since(due);
            due += gap;
        }
        if late <= COARSE {
            late = Duration::ZERO;
        }
        match operation.turn().await {
            Ok(true) => times.push((now.elapsed() + late).as_nanos() as u64),
            Ok(false) => break,
            Err(error) => {
                if errors == 0 {
                    eprintln!("    {error}");
                }
                errors += 1;
                if errors >= 20 {
                    break;
                }
            }
        }
    }
    (times, errors)
}

impl Figure {
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// Milliseconds under which the given share (of a thousand) of the operations stayed.
    pub fn ms(&self, thousandth: usize) -> f64 {
        let at = (self.times.len() * thousandth / 1000).min(self.times.len().saturating_sub(1));
        self.times.get(at).map_or(f64::NAN, |nanos| *nanos as f64 / 1e6)
    }

    fn per_operation(&self, sum: f64) -> f64 {
        sum / self.times.len().max(1) as f64
    }

    /// One line of the table.
    pub fn line(&self) -> String {
        let offered = self.offered.map_or_else(|| "closed".to_owned(), |rate| format!("{rate:.0}/s"));
        format!(
            "{:<34} {:>3} conn  offered {offered:>8}  achieved {:>8.0}/s  p50 {:>7.3}  p95 {:>7.3}  p99 {:>7.3}  max {:>8.3} ms  errors {}  cpu {:>6.0} us/op (driver {:.0})  rss {:.0} MiB  disk {:.0} B/op",
            self.name,
            self.connections,
            self.rate(),
            self.ms(500),
            self.ms(950),
            self.ms(990),
            self.ms(1000),
            self.errors,
            self.per_operation(self.server_cpu) * 1e6,
            self.per_operation(self.driver_cpu) * 1e6,
            self.rss_mib,
            self.per_operation(self.disk_bytes as f64),
        )
    }

    /// The same as JSON.
    pub fn json(&self) -> Value {
        let short = |v: f64| (v * 1000.0).round() / 1000.0;
        json!({
            "name": self.name, "connections": self.connections, "offered_per_second": self.offered.map(short),
            "operations": self.times.len(), "per_second": short(self.rate()), "p50_ms": short(self.ms(500)),
            "p95_ms": short(self.ms(950)), "p99_ms": short(self.ms(990)), "max_ms": short(self.ms(1000)),
            "errors": self.errors, "server_cpu_us_per_op": short(self.per_operation(self.server_cpu) * 1e6),
            "driver_cpu_us_per_op": short(self.per_operation(self.driver_cpu) * 1e6),
            "server_rss_mib": short(self.rss_mib),
            "disk_bytes_per_op": short(self.per_operation(self.disk_bytes as f64)),
        })
    }
}
