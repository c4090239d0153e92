//! Faults on purpose: what the sandbox was asked to do wrong.

use crate::{Caller, Role, problem};
use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use ports::faults::{Answer, Down, Fault, Faults, Kind};
use serde_json::json;
use std::time::Duration;

/// Names the faults that an answer has suffered, so that nobody searches in vain.
const NAMED: HeaderName = HeaderName::from_static("allting-fault");
/// Largest answer that is spoiled; a larger one is emptied.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// Makes the server hang up instead of answering.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hangup;

/// What strikes one request.
#[derive(Debug, Default)]
pub(crate) struct Struck {
    names: Vec<String>,
    fault: Option<Fault>,
}

/// Finds what strikes a request, and waits as long as slow faults say.
pub(crate) async fn strike(faults: &dyn Faults, role: Role, path: &str, caller: Option<&Caller>) -> Struck {
    let mut struck = Struck::default();
    // What only Allting has must stay within reach, the page that takes faults away first of all.
    if role == Role::ALLTING || (role == Role::PORTAL && path.starts_with("/sandkasse")) {
        return struck;
    }
    let callers = [caller.and_then(Caller::client_id), caller.and_then(Caller::consumer)];
    let path = role.prefix().and_then(|prefix| path.strip_prefix(prefix)).unwrap_or(path);
    for fault in faults.active().iter().filter(|fault| fault.concerns(role.label(), path, callers)) {
        if struck.fault.is_some() && fault.kind != Kind::Slow {
            continue;
        }
        let Some(draw) = faults.strikes(fault).await else { continue };
        metrics::counter!("sandbox_faults_total").increment(1);
        struck.names.push(fault.name.clone());
        if fault.kind == Kind::Slow {
            let jitter = fault.jitter.map_or(0, |jitter| draw % (jitter + 1));
            tokio::time::sleep(Duration::from_millis(fault.milliseconds.unwrap_or_default() + jitter)).await;
        } else {
            struck.fault = Some(fault.clone());
        }
    }
    struck
}

impl Struck {
    /// The status that the fault wants answered in the API's own words.
    pub(crate) fn error(&self) -> Option<StatusCode> {
        let fault = self.fault.as_ref().filter(|fault| fault.kind == Kind::Error)?;
        StatusCode::from_u16(fault.status?).ok()
    }

    /// The answer of a service that is down.
    pub(crate) fn down(&self) -> Option<Response> {
        let fault = self.fault.as_ref().filter(|fault| fault.kind == Kind::Down)?;
        let mut response = problem::empty(StatusCode::SERVICE_UNAVAILABLE);
        if fault.down == Some(Down::Reset) {
            response.extensions_mut().insert(Hangup);
        }
        Some(response)
    }

    /// Spoils an answer if a fault says so, and names the faults.
    pub(crate) async fn mark(self, mut response: Response) -> Response {
        if let Some(answer) = self.fault.as_ref().and_then(|fault| fault.answer) {
            response = spoil(response, answer).await;
        }
        if !self.names.is_empty()
            && let Ok(names) = HeaderValue::from_str(&self.names.join(", "))
        {
            response.headers_mut().insert(NAMED, names);
        }
        response
    }
}

async fn spoil(response: Response, answer: Answer) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let whole = to_bytes(body, MAX_ANSWER).await.unwrap_or_default();
    let body = match answer {
        Answer::Truncated => whole.slice(..whole.len() / 2),
        Answer::Malformed => [b"{,".as_slice(), &whole].concat().into(),
        Answer::Empty => {
            parts.status = StatusCode::OK;
            whole.slice(..0)
        }
    };
    Response::from_parts(parts, Body::from(body))
}

impl Role {
    /// An error of the service itself, for a route whose block has no words of its own.
    pub(crate) fn broken(self, status: StatusCode) -> Response {
        match self {
            Self::MASKINPORTEN | Self::IDPORTEN | Self::MOCKPORTEN => {
                let error = match status {
                    StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                        "temporarily_unavailable"
                    }
                    status if status.is_server_error() => "server_error",
                    _ => "invalid_request",
                };
                problem::oauth(status, error, "A fault that was asked for")
            }
            Self::PORTAL => problem::text(
                status,
                &format!("{status}\nEn feil som er bestilt. A fault that was asked for.\n"),
            ),
            _ => problem::problem_json(
                status,
                &json!({
                    "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(),
                    "traceId": crate::trace_id(),
                }),
            )
            .into_response(),
        }
    }
}
