//! Metadata of the Altinn issuer.

use crate::session::{BASE, Portal};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use httpkit::Origin;
use serde_json::json;

/// `GET openid/.well-known/openid-configuration`
pub async fn document(State(portal): State<Portal>, origin: Origin) -> Response {
    let at = |path: &str| format!("{}{BASE}/{path}", origin.base());
    let document = json!({
        "issuer": portal.ctx.config.issuers.altinn,
        "jwks_uri": at("openid/.well-known/openid-configuration/jwks"),
        "authorization_endpoint": at("authorize/"),
        "token_endpoint": at("token/"),
        "end_session_endpoint": at("openid/logout/"),
        "response_types_supported": ["token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    ([(header::CACHE_CONTROL, "public, max-age=3600")], axum::Json(document)).into_response()
}

/// `GET openid/.well-known/openid-configuration/jwks`
pub async fn jwks(State(portal): State<Portal>) -> Response {
    ([(header::CACHE_CONTROL, "public, max-age=3600")], axum::Json(portal.ctx.keys.altinn.jwks()))
        .into_response()
}
