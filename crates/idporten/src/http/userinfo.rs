//! `GET|POST /userinfo`

use crate::Idporten;
use crate::domain::claims;
use crate::store::grants::{self, Kind};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use httpkit::problem;

/// Who the access token stands for.
pub async fn get(State(idp): State<Idporten>, headers: HeaderMap) -> Response {
    userinfo(&idp, &headers).await.unwrap_or_else(|refused| refused)
}

async fn userinfo(idp: &Idporten, headers: &HeaderMap) -> Result<Response, Response> {
    let Some(token) = bearer(headers) else {
        return Err(challenge(problem::empty(StatusCode::UNAUTHORIZED), "Bearer"));
    };
    let found =
        grants::by_token(&idp.ctx.db, &idp.token_digest(token)).await.map_err(|e| httpkit::internal(&e))?;
    let Some(found) = found.filter(|t| t.kind == Kind::Access && t.is_live(idp.ctx.clock.now())) else {
        let body = problem::oauth(StatusCode::UNAUTHORIZED, "invalid_token", "the access token is not valid");
        return Err(challenge(body, "Bearer error=\"invalid_token\""));
    };
    if !found.grant.request.scopes.iter().any(|scope| scope == "openid" || scope == "profile") {
        let body = problem::oauth(
            StatusCode::FORBIDDEN,
            "insufficient_scope",
            "the token has neither openid nor profile",
        );
        return Err(challenge(body, "Bearer error=\"insufficient_scope\""));
    }
    let sub = idp.subject(&found.grant.client_id, &found.grant.pid);
    let body = claims::userinfo(&sub, &found.grant.pid, &found.grant.locale);
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn challenge(mut response: Response, value: &'static str) -> Response {
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(value));
    response
}
