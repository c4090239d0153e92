//! `GET /jwks.json`

use crate::Idporten;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

/// The keys that sign tokens.
pub async fn get(State(idp): State<Idporten>) -> Response {
    ([(header::CACHE_CONTROL, "public, max-age=86400")], axum::Json(idp.ctx.keys.idporten.jwks()))
        .into_response()
}
