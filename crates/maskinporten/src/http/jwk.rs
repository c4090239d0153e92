//! `GET /jwk`: the keys that sign tokens, and those that did.

use crate::Maskinporten;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

pub async fn handle(State(state): State<Maskinporten>) -> Response {
    ([(header::CACHE_CONTROL, "public, max-age=3600")], axum::Json(state.ctx.keys.maskinporten.jwks()))
        .into_response()
}
