//! Metadata of the authorization server (RFC 8414).

use serde::Serialize;

/// The document. `issuer` is what a grant's `aud` must be, byte for byte.
#[derive(Debug, Serialize)]
pub struct Metadata {
    pub issuer: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub token_endpoint_auth_methods_supported: [&'static str; 1],
    pub grant_types_supported: [&'static str; 1],
    pub token_endpoint_auth_signing_alg_values_supported: [&'static str; 3],
    pub authorization_details_types_supported: [&'static str; 1],
}
