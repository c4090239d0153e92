//! HTML answers with a strict content security policy.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

/// No inline script or style, nothing from other origins, no framing, forms to ourselves.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
/// The same without `form-action`, which browsers apply to the redirect after a form as well.
const CSP_LEADING_ON: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What pages never use.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), publickey-credentials-get=(), usb=()";

/// A page.
pub fn html(markup: String) -> Response {
    html_with_status(StatusCode::OK, markup)
}

/// A page with another status than 200.
pub fn html_with_status(status: StatusCode, markup: String) -> Response {
    page(status, markup, CSP)
}

/// A page of a login, whose form ends with a redirect to the client's own address.
pub fn html_leading_on(status: StatusCode, markup: String) -> Response {
    page(status, markup, CSP_LEADING_ON)
}

fn page(status: StatusCode, markup: String, policy: &'static str) -> Response {
    let mut response = (status, markup).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static(PERMISSIONS));
    response
}
