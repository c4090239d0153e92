//! The trace by which one request is found again in logs, error bodies and the audit log.

use audit::Actor;
use http::HeaderMap;
use kernel::Ids;
use telemetry::trace::{Trace, current, within};

/// W3C trace parent of the request under way (`00-…-…-01`), or `None` outside a request.
pub fn trace_id() -> Option<String> {
    current().map(Trace::parent)
}

/// Continues the caller's trace where the caller is `trusted` (a stranger must not choose under which id it is found),
/// else begins one.
pub(crate) fn begin(ids: &dyn Ids, headers: &HeaderMap, trusted: bool) -> Trace {
    let mut random = [0; 24];
    ids.fill(&mut random);
    let given =
        headers.get("traceparent").filter(|_| trusted).and_then(|value| Trace::parse(value.to_str().ok()?));
    let fresh = Trace::new(random);
    given.map_or(fresh, |given| given.child(fresh))
}

/// Runs one request under its trace, by nobody until the guard knows better.
pub(crate) async fn traced<F: Future>(trace: Trace, work: F) -> F::Output {
    within(trace, audit::within(Actor::NOBODY, work)).await
}
