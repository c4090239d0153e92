#![doc = include_str!("../README.md")]

#[cfg(feature = "otlp")]
pub mod otlp;
mod process;
mod redact;
pub mod span;
pub mod trace;

pub use redact::redact;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::Write;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

/// Bounds of the buckets of times, in seconds.
const SECONDS: [f64; 13] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Bounds of the buckets of numbers of members.
const MEMBERS: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// Starts logging; `filter` is a tracing filter such as `info` or `info,dialogporten=debug`. A second call changes nothing.
pub fn init_logs(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let layer =
        tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(Masked).with_filter(filter);
    if tracing_subscriber::registry().with(layer).try_init().is_err() {
        tracing::debug!("logging had been started before");
    }
}

/// The metrics that this process collects. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// All figures in Prometheus text form.
    pub fn render(&self) -> String {
        process::observe();
        self.0.render()
    }

    /// Folds recorded values into their distributions. Until then, or until somebody reads the figures, they pile up one by
    /// one, so this must run every few seconds.
    pub fn fold(&self) {
        self.0.run_upkeep();
    }
}

/// Starts collecting metrics. `None` when something else collects already, as in a process with several servers.
pub fn init_metrics() -> Option<Metrics> {
    let metrics = recorder()?;
    process::started();
    Some(metrics)
}

/// Times and sizes are kept in buckets, so that figures of several nodes can be put together.
fn recorder() -> Option<Metrics> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_members".into()), &MEMBERS));
    builder.ok()?.install_recorder().ok().map(Metrics)
}

/// Writes log lines to standard error, masked.
#[derive(Debug, Clone, Copy)]
struct Masked;

impl<'a> MakeWriter<'a> for Masked {
    type Writer = Line;
    fn make_writer(&'a self) -> Line {
        Line(Vec::with_capacity(512))
    }
}

/// One log line, masked and written when it is whole.
struct Line(Vec<u8>);

impl Write for Line {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(part);
        Ok(part.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.0);
        // A log line that cannot be written has nowhere else to go.
        let _ = std::io::stderr().lock().write_all(redact(&text).as_bytes());
    }
}
