//! `/.well-known/openid-configuration`.

use serde_json::{Value, json};

/// The document. `issuer` is the configured name; `back` and `front` are the addresses by which this caller reaches the
/// back-channel and the login pages.
pub fn document(issuer: &str, back: &str, front: &str, sandbox: bool) -> Value {
    let mut acr_values = vec![
        "idporten-loa-low",
        "idporten-loa-substantial",
        "idporten-loa-high",
        "eidas-loa-low",
        "eidas-loa-substantial",
        "eidas-loa-high",
        "selfregistered-email",
        "idporten-loa-substantial-limited",
    ];
    if sandbox {
        // WIRE: clients refuse an `acr` that is not listed, and the test login can issue these two.
        acr_values.extend(["level1", "level2"]);
    }
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{front}/authorize"),
        "pushed_authorization_request_endpoint": format!("{back}/par"),
        "token_endpoint": format!("{back}/token"),
        "userinfo_endpoint": format!("{back}/userinfo"),
        "jwks_uri": format!("{back}/jwks.json"),
        "end_session_endpoint": format!("{front}/logout"),
        "introspection_endpoint": format!("{back}/token/introspect"),
        "revocation_endpoint": format!("{back}/token/revoke"),
        "scopes_supported": ["openid", "profile"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "acr_values_supported": acr_values,
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "none", "private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "ui_locales_supported": ["en", "nb", "nn", "se"],
        "display_values_supported": ["page"],
        "prompt_values_supported": ["consent", "login", "none"],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
    })
}
