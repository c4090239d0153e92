//! Metadata for tokens of the environment `none`.

use crate::tokengen::Generator;
use axum::Json;
use axum::extract::State;
use httpkit::Origin;
use serde_json::{Value, json};

/// `GET /api/.well-known/oauth-authorization-server`
pub async fn document(origin: Origin) -> Json<Value> {
    Json(json!({
        "issuer": origin.url("/api/.well-known/oauth-authorization-server"),
        "jwks_uri": origin.url("/api/.well-known/jwks.json"),
    }))
}

/// `GET /api/.well-known/jwks.json`
pub async fn jwks(State(generator): State<Generator>) -> Json<Value> {
    Json(generator.ctx.keys.altinn.jwks())
}
