//! The trace by which one request is found again in logs, error bodies and the audit log.

use crate::Role;
use audit::Actor;
use axum::response::Response;
use http::HeaderMap;
use kernel::Ids;
use std::sync::Arc;
use telemetry::span::{self, Kind, Told, Value};
use telemetry::trace::{Trace, current};

/// With an answer, whose route it was and which.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub role: Role,
    /// The route's template.
    pub path: Arc<str>,
}

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
pub(crate) async fn traced(
    trace: Trace,
    method: &'static str,
    work: impl Future<Output = Response>,
) -> Response {
    let work = audit::within(Actor::NOBODY, work);
    span::run(Kind::Server, method, trace, work, |response, told| tell(method, response, told)).await
}

fn tell(method: &'static str, response: &Response, told: &mut Told) {
    let status = response.status();
    told.failed = status.is_server_error();
    told.attributes = vec![
        ("http.request.method", Value::Text(method.into())),
        ("http.response.status_code", Value::Number(status.as_u16().into())),
    ];
    if let Some(Answered { role, path }) = response.extensions().get() {
        told.name = format!("{method} {path}").into();
        told.attributes.push(("http.route", Value::Text(path.to_string().into())));
        told.attributes.push(("allting.role", Value::Text(role.label().into())));
    }
}
