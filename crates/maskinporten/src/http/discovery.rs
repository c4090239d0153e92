//! `GET /.well-known/oauth-authorization-server` and `/.well-known/openid-configuration`.

use crate::Maskinporten;
use crate::domain::details::SYSTEM_USER;
use crate::wire::discovery::Metadata;
use crate::wire::form::JWT_BEARER;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use httpkit::Origin;

/// WIRE: `issuer` is configured; the endpoints lie where the client reached us, which on the issuer's own host is the
/// same (identity §1.1).
pub async fn handle(State(state): State<Maskinporten>, origin: Origin) -> Response {
    let metadata = Metadata {
        issuer: state.ctx.config.issuers.maskinporten.clone(),
        token_endpoint: origin.url("/token"),
        jwks_uri: origin.url("/jwk"),
        token_endpoint_auth_methods_supported: ["private_key_jwt"],
        grant_types_supported: [JWT_BEARER],
        token_endpoint_auth_signing_alg_values_supported: ["RS256", "RS384", "RS512"],
        authorization_details_types_supported: [SYSTEM_USER],
    };
    ([(header::CACHE_CONTROL, "public, max-age=86400")], axum::Json(metadata)).into_response()
}
