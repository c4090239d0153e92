//! `GET /language`: the person chooses the pages' language.

use crate::http::browser::LANGUAGE_COOKIE;
use crate::http::{browser, finish};
use crate::wire::params::Params;
use axum::extract::RawQuery;
use axum::response::Response;
use httpkit::Origin;

/// Keeps the choice in a cookie and goes back to page 1.
pub async fn get(origin: Origin, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let handle =
        params.get("t").filter(|t| t.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')));
    let mut response = finish::redirect(&origin.url(&format!("/login?t={}", handle.unwrap_or_default())));
    if let Some(tag) = params.get("to").filter(|tag| matches!(*tag, "nb" | "nn" | "en" | "se")) {
        browser::set_cookie(&mut response, &origin, LANGUAGE_COOKIE, tag);
    }
    response
}
