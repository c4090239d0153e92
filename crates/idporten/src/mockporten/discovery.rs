//! Discovery document and keys.

use super::Mockporten;
use axum::Json;
use axum::extract::State;
use httpkit::Origin;
use serde_json::{Value, json};

/// `GET /api/v1/openid/.well-known/openid-configuration`
pub async fn document(State(mock): State<Mockporten>, origin: Origin) -> Json<Value> {
    Json(json!({
        "issuer": mock.issuer_url(),
        "authorization_endpoint": origin.url("/Authorize"),
        "token_endpoint": origin.url("/token"),
        "pushed_authorization_request_endpoint": origin.url("/par"),
        "jwks_uri": origin.url("/api/v1/openid/.well-known/openid-configuration/jwks"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    }))
}

/// Its keys.
pub async fn jwks(State(mock): State<Mockporten>) -> Json<Value> {
    Json(mock.ctx.keys.idporten.jwks())
}
