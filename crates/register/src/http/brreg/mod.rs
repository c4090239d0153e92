//! Open data of Enhetsregisteret.

pub mod get_roles;
pub mod get_unit;

use crate::wire::brreg;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

/// The content type that the client accepts.
fn negotiate(headers: &HeaderMap, resource: &str) -> Option<String> {
    let accept: Vec<&str> =
        headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    brreg::content_type(&accept.join(","), resource)
}

fn answer(content_type: String, body: &Value) -> Response {
    ([(header::CONTENT_TYPE, content_type)], body.to_string()).into_response()
}

fn bad_number(path: &str, value: &str, now: jiff::Timestamp) -> Response {
    let body = brreg::bad_number(path, value, now);
    (StatusCode::BAD_REQUEST, answer("application/json".to_owned(), &body)).into_response()
}
