//! The id by which one request is found again in logs and error bodies.

use kernel::Ids;
use std::fmt::Write;

tokio::task_local! {
    static TRACE: String;
}

/// W3C trace id of the request under way (`00-…-…-01`), or `None` outside a request.
pub fn trace_id() -> Option<String> {
    TRACE.try_with(Clone::clone).ok()
}

/// A new trace parent: version, 16 random bytes, 8 random bytes, sampled.
pub(crate) fn new_trace(ids: &dyn Ids) -> String {
    let mut bytes = [0u8; 24];
    ids.fill(&mut bytes);
    let hex = |part: &[u8]| {
        part.iter().fold(String::new(), |mut out, byte| {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
    };
    format!("00-{}-{}-01", hex(&bytes[..16]), hex(&bytes[16..]))
}

/// Runs one request under its trace id.
pub(crate) async fn traced<F: Future>(trace: String, work: F) -> F::Output {
    TRACE.scope(trace, work).await
}
