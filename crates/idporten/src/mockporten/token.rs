//! `POST /token`

use super::{ACR, AMR, Mockporten};
use crate::wire::params::Params;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};
use httpkit::problem;
use ports::idporten::Redemption;
use serde_json::json;

const SECONDS: i64 = 3600;

/// Exchanges a code for an identity token, which serves as access token too.
pub async fn post(State(mock): State<Mockporten>, body: Bytes) -> Response {
    token(&mock, &Params::parse(&body)).await.unwrap_or_else(|refused| refused)
}

async fn token(mock: &Mockporten, params: &Params) -> Result<Response, Response> {
    let bad = |code: &str, text: &str| problem::oauth(StatusCode::BAD_REQUEST, code, text);
    if params.get("grant_type") != Some("authorization_code") {
        return Err(bad("unsupported_grant_type", "grant_type must be authorization_code"));
    }
    let text = |name: &str| params.get(name).unwrap_or_default().to_owned();
    let redemption = Redemption {
        code: text("code"),
        verifier: text("code_verifier"),
        redirect_uri: text("redirect_uri"),
    };
    let code = mock.take(&redemption).await.map_err(|e| httpkit::internal(&e))?;
    let Some(code) = code else { return Err(bad("invalid_grant", "the code is not good")) };
    let now = mock.ctx.clock.now().as_second();
    let mut claims = json!({
        "iss": mock.issuer_url(),
        "sub": mock.ctx.ids.uuid(),
        "pid": code.pid,
        "locale": "nb",
        "sid": mock.ctx.ids.token(16),
        "aud": code.request.client_id,
        "acr": ACR,
        "auth_time": code.auth_time.as_second(),
        "amr": [AMR],
        "iat": now,
        "exp": now + SECONDS,
    });
    if !code.request.nonce.is_empty() {
        claims["nonce"] = json!(code.request.nonce);
    }
    let token = mock.ctx.keys.idporten.sign(&claims).map_err(|e| httpkit::internal(&e))?;
    let body = json!({
        "id_token": token,
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": SECONDS,
        "refresh_token": mock.ctx.ids.token(32),
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}
