//! Figures of this process, from the kernel. Elsewhere than on Linux there are none.

use std::sync::OnceLock;
use std::time::Instant;

static STARTED: OnceLock<Instant> = OnceLock::new();

/// The page size that the kernel counts memory in.
const PAGE: u32 = 4096;

/// Begins to count the time.
pub(crate) fn started() {
    STARTED.get_or_init(Instant::now);
    metrics::gauge!("build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// Sets the gauges as things stand.
pub(crate) fn observe() {
    if let Some(started) = STARTED.get() {
        metrics::gauge!("process_uptime_seconds").set(started.elapsed().as_secs_f64());
    }
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().nth(1)?.parse::<u32>().ok());
    if let Some(pages) = pages {
        metrics::gauge!("process_resident_memory_bytes").set(f64::from(pages) * f64::from(PAGE));
    }
    let files = std::fs::read_dir("/proc/self/fd").ok().and_then(|files| u32::try_from(files.count()).ok());
    if let Some(files) = files {
        metrics::gauge!("process_open_fds").set(f64::from(files));
    }
}
