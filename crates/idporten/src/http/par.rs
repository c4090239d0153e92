//! `POST /par`

use crate::Idporten;
use crate::domain::authorize::{self as rules, PageFault};
use crate::http::authorize::REQUEST_URI_PREFIX;
use crate::http::client_auth;
use crate::store::requests;
use crate::wire::params::Params;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use httpkit::{Origin, problem};
use jiff::SignedDuration;
use serde_json::json;

const SECONDS: i64 = 120;

/// Stores an authorization request for its browser to come.
pub async fn post(State(idp): State<Idporten>, origin: Origin, headers: HeaderMap, body: Bytes) -> Response {
    push(&idp, &origin, &headers, &Params::parse(&body)).await.unwrap_or_else(|refused| refused)
}

async fn push(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Response, Response> {
    let bad = |code: &str, text: &str| problem::oauth(StatusCode::BAD_REQUEST, code, text);
    let client = client_auth::authenticate(idp, origin, headers, params).await?;
    if params.get("request_uri").is_some() {
        return Err(bad("invalid_request", "request_uri may not be pushed"));
    }
    let to = rules::return_address(&client, params).map_err(|fault| match fault {
        PageFault::RedirectUri => bad("invalid_request", "redirect_uri is missing or not registered"),
        PageFault::Client | PageFault::RequestUri => bad("invalid_request", "the request cannot be pushed"),
    })?;
    let request = rules::check(&client, &to, params).map_err(|error| bad(error.code, &error.description))?;
    let handle = idp.ctx.ids.token(32);
    let digest = idp.pushed_digest(&handle);
    let expires_at = idp.ctx.clock.now() + SignedDuration::from_secs(SECONDS);
    db::write_tx!(idp.ctx.db, "idporten.push", |tx| {
        requests::push(tx, &digest, &request, expires_at).await
    })
    .map_err(|e| httpkit::internal(&e))?;
    let answer = json!({ "request_uri": format!("{REQUEST_URI_PREFIX}{handle}"), "expires_in": SECONDS });
    // WIRE: certified clients take nothing but 201.
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], axum::Json(answer)).into_response())
}
