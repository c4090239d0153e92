//! Style sheet and script of the login pages.

use crate::pages;
use axum::response::{IntoResponse, Response};
use http::header;

/// `GET /login.css`
pub async fn style() -> Response {
    asset("text/css; charset=utf-8", pages::STYLE)
}

/// `GET /form_post.js`
pub async fn form_post() -> Response {
    asset("text/javascript; charset=utf-8", pages::FORM_POST_SCRIPT)
}

/// `GET /logout.js`
pub async fn logout() -> Response {
    asset("text/javascript; charset=utf-8", pages::LOGOUT_SCRIPT)
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=3600")], text).into_response()
}
