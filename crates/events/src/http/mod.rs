//! One file an operation.

pub mod publish;
pub mod query;
pub mod subscribe;
pub mod subscriptions;

use axum::response::Response;
use http::StatusCode;
use serde_json::json;

/// The framework's problem body with the text in `detail`.
pub fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
        "traceId": httpkit::trace_id(),
    });
    httpkit::problem::problem_json(status, &body)
}

/// WIRE: some refusals are a bare JSON string (events §1).
pub fn json_text(status: StatusCode, text: &str) -> Response {
    use axum::response::IntoResponse;
    (status, axum::Json(text)).into_response()
}
