//! Closed loops of workers, and what they took.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// What one figure consists of.
#[derive(Debug)]
pub struct Figure {
    workers: usize,
    elapsed: Duration,
    /// Nanoseconds of each operation, sorted.
    times: Vec<u64>,
    errors: u64,
    cpu: f64,
    rss_mib: f64,
}

/// Processor seconds of this process, of which the kernel tells hundredths.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat
        .rsplit_once(')')
        .map(|(_, rest)| rest.split_whitespace().skip(11).take(2).filter_map(|f| f.parse().ok()).collect())
        .unwrap_or_default();
    fields.iter().sum::<f64>() / 100.0
}

fn rss_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

/// A small generator, so that every contestant reads the same rows.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A generator for one worker.
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

/// One worker of a closed loop.
pub trait Worker: Send + 'static {
    /// What it can be told to do.
    type Turn: Copy + Send + 'static;

    /// Does one operation.
    fn turn(&mut self, what: Self::Turn) -> impl Future<Output = Result<(), String>> + Send;
}

/// Lets every worker repeat the operation for a fifth of `seconds` unmeasured, then for `seconds`.
pub async fn measure<W: Worker>(workers: Vec<W>, what: W::Turn, seconds: f64) -> Figure {
    let count = workers.len();
    let (workers, _) = round(workers, what, Duration::from_secs_f64(seconds / 5.0)).await;
    let (begun, cpu) = (Instant::now(), cpu_seconds());
    let (_, done) = round(workers, what, Duration::from_secs_f64(seconds)).await;
    let (elapsed, cpu) = (begun.elapsed(), cpu_seconds() - cpu);
    let errors = done.iter().map(|(_, errors)| errors).sum();
    let mut times: Vec<u64> = done.into_iter().flat_map(|(times, _)| times).collect();
    times.sort_unstable();
    Figure { workers: count, elapsed, times, errors, cpu, rss_mib: rss_mib() }
}

type Done = Vec<(Vec<u64>, u64)>;

async fn round<W: Worker>(workers: Vec<W>, what: W::Turn, time: Duration) -> (Vec<W>, Done) {
    let begun = Instant::now();
    let loops: Vec<_> = workers
        .into_iter()
        .map(|mut worker| {
            tokio::spawn(async move {
                let (mut times, mut errors) = (Vec::new(), 0);
                while begun.elapsed() < time {
                    let start = Instant::now();
                    match worker.turn(what).await {
                        Ok(()) => times.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)),
                        Err(error) => {
                            if errors == 0 {
                                eprintln!("    {error}");
                            }
                            errors += 1;
                        }
                    }
                    // Operations that never wait must not keep the other workers of this thread from their turn.
                    tokio::task::consume_budget().await;
                }
                (worker, (times, errors))
            })
        })
        .collect();
    let mut all = (Vec::new(), Vec::new());
    for one in loops {
        if let Ok((worker, done)) = one.await {
            all.0.push(worker);
            all.1.push(done);
        }
    }
    all
}

impl Figure {
    fn rate(&self) -> f64 {
        self.count() / self.elapsed.as_secs_f64()
    }

    fn count(&self) -> f64 {
        u32::try_from(self.times.len()).map_or(f64::INFINITY, f64::from)
    }

    /// Microseconds under which the given share (of a thousand) of the operations stayed.
    fn micros(&self, thousandth: usize) -> f64 {
        let at = (self.times.len() * thousandth / 1000).min(self.times.len().saturating_sub(1));
        self.times.get(at).map_or(f64::NAN, |nanos| Duration::from_nanos(*nanos).as_secs_f64() * 1e6)
    }

    fn cpu_micros(&self) -> f64 {
        self.cpu * 1e6 / self.count()
    }

    /// One line of the table.
    pub fn line(&self, who: &str, what: &str) -> String {
        format!(
            "{what:<8} {:>3}  {who:<22} {:>9.0}/s  p50 {:>8.0}  p95 {:>8.0}  p99 {:>8.0}  max {:>9.0} us  cpu {:>6.0} us  errors {}  rss {:.0} MiB",
            self.workers,
            self.rate(),
            self.micros(500),
            self.micros(950),
            self.micros(990),
            self.micros(1000),
            self.cpu_micros(),
            self.errors,
            self.rss_mib,
        )
    }

    /// The same as JSON.
    pub fn json(&self, who: &str, what: &str) -> Value {
        let whole = |v: f64| (v * 10.0).round() / 10.0;
        json!({
            "operation": what, "contestant": who, "workers": self.workers, "operations": self.times.len(),
            "per_second": whole(self.rate()), "p50_us": whole(self.micros(500)), "p95_us": whole(self.micros(950)),
            "p99_us": whole(self.micros(990)), "max_us": whole(self.micros(1000)), "errors": self.errors,
            "client_cpu_us_per_op": whole(self.cpu_micros()), "client_rss_mib": whole(self.rss_mib),
        })
    }
}
