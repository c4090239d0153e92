//! `POST /token/introspect` (also `/tokeninfo`)

use crate::Idporten;
use crate::http::client_auth;
use crate::store::grants::{self, Kind};
use crate::wire::params::Params;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use httpkit::{Origin, problem};
use serde_json::{Value, json};

/// A resource server needs this scope on its client.
const SCOPE: &str = "idporten:token.introspection";

/// What an access token stands for, to a client that may ask.
pub async fn post(State(idp): State<Idporten>, origin: Origin, headers: HeaderMap, body: Bytes) -> Response {
    match introspect(&idp, &origin, &headers, &Params::parse(&body)).await {
        Ok(body) => ([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response(),
        Err(refused) => refused,
    }
}

async fn introspect(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Value, Response> {
    let client = client_auth::authenticate(idp, origin, headers, params).await?;
    let Some(token) = params.get("token") else {
        return Err(problem::oauth(StatusCode::BAD_REQUEST, "invalid_request", "token is missing"));
    };
    let found =
        grants::by_token(&idp.ctx.db, &idp.token_digest(token)).await.map_err(|e| httpkit::internal(&e))?;
    let live = found.filter(|t| t.kind == Kind::Access && t.is_live(idp.ctx.clock.now()));
    // Which clients may ask about a scope is not recorded yet, so a client is told of its own tokens and, with the
    // introspection scope, of others.
    let Some(found) =
        live.filter(|t| t.grant.client_id == client.id || client.scopes.iter().any(|s| s == SCOPE))
    else {
        return Ok(json!({ "active": false }));
    };
    let read = jose::Unverified::parse(token, jose::MAX_TOKEN_BYTES);
    let mut body = read.map(|token| token.claims().clone()).unwrap_or_default();
    body.insert("active".into(), json!(true));
    body.insert("token_type".into(), json!("Bearer"));
    body.insert("expires_in".into(), json!(found.expires_at.as_second() - idp.ctx.clock.now().as_second()));
    Ok(Value::Object(body))
}
