//! What the tests stand on: processes, a balancer, clients, the books that they keep.

mod balancer;
mod book;
mod cluster;
mod node;
mod site;

pub use balancer::Balancer;
pub use book::Filer;
pub use cluster::Cluster;
pub use node::Node;
pub use site::Site;

use std::time::{Duration, Instant};

/// How long anything may take that has no time of its own.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// The size of a test: small with the other tests, large where the figures are wanted.
pub fn size(short: usize, long: usize) -> usize {
    if std::env::var_os("ALLTING_LONG").is_some() { long } else { short }
}

/// One line of the table of figures.
pub fn figure(name: &str, value: impl std::fmt::Display) {
    println!("figure | {name} | {value}");
}

/// Least, middle and most of some times.
pub fn spread(times: &[Duration]) -> String {
    let mut ms: Vec<_> = times.iter().map(Duration::as_millis).collect();
    ms.sort_unstable();
    match (ms.first(), ms.get(ms.len() / 2), ms.last()) {
        (Some(least), Some(middle), Some(most)) => format!("{least} / {middle} / {most} ms"),
        _ => "none".into(),
    }
}

/// Asks again and again until the answer is there.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
