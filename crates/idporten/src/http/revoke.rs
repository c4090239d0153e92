//! `POST /token/revoke` (also `/revoke`)

use crate::Idporten;
use crate::http::client_auth;
use crate::store::grants;
use crate::wire::params::Params;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use httpkit::{Origin, problem};

/// Kills a token and every other token of the same grant; unknown tokens are fine too (RFC 7009).
pub async fn post(State(idp): State<Idporten>, origin: Origin, headers: HeaderMap, body: Bytes) -> Response {
    revoke(&idp, &origin, &headers, &Params::parse(&body)).await.unwrap_or_else(|refused| refused)
}

async fn revoke(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Response, Response> {
    let client = client_auth::authenticate(idp, origin, headers, params).await?;
    let Some(token) = params.get("token") else {
        return Err(problem::oauth(StatusCode::BAD_REQUEST, "invalid_request", "token is missing"));
    };
    let (digest, now) = (idp.token_digest(token), idp.ctx.clock.now());
    db::write_tx!(idp.ctx.db, "idporten.revoke", |tx| {
        match grants::by_token_in(tx, &digest).await? {
            Some(found) if found.grant.client_id == client.id => {
                grants::revoke(tx, found.grant.id, now).await
            }
            _ => Ok::<_, db::Error>(()),
        }
    })
    .map_err(|e| httpkit::internal(&e))?;
    Ok(problem::empty(StatusCode::OK))
}
