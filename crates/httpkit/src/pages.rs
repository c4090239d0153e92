//! HTML answers with a strict content security policy.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

/// No inline script or style, nothing from other origins, no framing. `form-action` is left open, since a login ends with a
/// redirect to the client's own address and browsers apply the directive to redirects as well.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page.
pub fn html(markup: String) -> Response {
    html_with_status(StatusCode::OK, markup)
}

/// A page with another status than 200.
pub fn html_with_status(status: StatusCode, markup: String) -> Response {
    let mut response = (status, markup).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
    response
}
