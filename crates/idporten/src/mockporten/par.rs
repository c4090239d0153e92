//! `POST /par`

use super::{Mockporten, authorize};
use crate::store::mock;
use crate::wire::params::Params;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

/// Marks a pushed request's address.
pub const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
const SECONDS: i64 = 120;

/// Stores the request.
pub async fn post(State(mock): State<Mockporten>, body: Bytes) -> Response {
    let request = authorize::read(&Params::parse(&body));
    let handle = mock.ctx.ids.token(32);
    let digest = mock.pushed_digest(&handle);
    let expires_at = mock.ctx.clock.now() + SignedDuration::from_secs(SECONDS);
    let stored = db::write_tx!(mock.ctx.db, "mockporten.push", |tx| {
        mock::push(tx, &digest, &request, expires_at).await
    });
    match stored {
        Ok(()) => {
            let body = json!({ "request_uri": format!("{PREFIX}{handle}"), "expires_in": SECONDS });
            (StatusCode::CREATED, axum::Json(body)).into_response()
        }
        Err(e) => httpkit::internal(&e),
    }
}
