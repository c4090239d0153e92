//! `POST /token`

use crate::Idporten;
use crate::domain::client::{AuthMethod, Client, Grant as GrantType};
use crate::http::client_auth;
use crate::issue::{self, Refused};
use crate::wire::params::Params;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use httpkit::{Origin, problem};
use serde_json::Value;

/// Exchanges a code or a refresh token for tokens.
pub async fn post(State(idp): State<Idporten>, origin: Origin, headers: HeaderMap, body: Bytes) -> Response {
    match token(&idp, &origin, &headers, &Params::parse(&body)).await {
        Ok(tokens) => ([(header::CACHE_CONTROL, "no-store")], axum::Json(tokens)).into_response(),
        Err(refused) => refused,
    }
}

async fn token(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Value, Response> {
    let bad = |code: &str, text: &str| problem::oauth(StatusCode::BAD_REQUEST, code, text);
    if let Some(name) = params.repeated(&["resource"]) {
        return Err(bad("invalid_request", &format!("parameter {name} is repeated")));
    }
    let client = client_auth::authenticate(idp, origin, headers, params).await?;
    let need =
        |name: &str| params.get(name).ok_or_else(|| bad("invalid_request", &format!("{name} is missing")));
    let outcome = match need("grant_type")? {
        "authorization_code" => {
            let (code, redirect_uri) = (need("code")?, need("redirect_uri")?);
            let verifier = need("code_verifier")?;
            issue::redeem_code(idp, &client, code, redirect_uri, verifier).await
        }
        "refresh_token" => {
            if !may_refresh(&client) {
                return Err(bad("unauthorized_client", "the client may not use refresh tokens"));
            }
            issue::refresh(idp, &client, need("refresh_token")?, params.get("scope")).await
        }
        _ => {
            return Err(bad(
                "unsupported_grant_type",
                "grant_type must be authorization_code or refresh_token",
            ));
        }
    };
    match outcome.map_err(|e| httpkit::internal(&e))? {
        Ok(tokens) => Ok(tokens),
        Err(Refused { code, reason }) => Err(bad(code, reason)),
    }
}

fn may_refresh(client: &Client) -> bool {
    client.grants.contains(&GrantType::RefreshToken) && client.auth_method != AuthMethod::None
}
