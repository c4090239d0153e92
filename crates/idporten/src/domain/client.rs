//! A registered OIDC client.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// How a client proves itself; the method must be exactly the registered one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthMethod {
    #[serde(rename = "client_secret_basic")]
    SecretBasic,
    #[serde(rename = "client_secret_post")]
    SecretPost,
    #[serde(rename = "private_key_jwt")]
    PrivateKeyJwt,
    #[serde(rename = "none")]
    None,
}

impl AuthMethod {
    /// The `client_amr` claim.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecretBasic => "client_secret_basic",
            Self::SecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }
}

/// Lifetimes in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetimes {
    pub access_token: i64,
    /// Inactivity; begins anew with each use.
    pub refresh_token: i64,
    /// Absolute end of refreshing.
    pub authorization: i64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { access_token: 120, refresh_token: 600, authorization: 7200 }
    }
}

/// What is registered about a client, apart from its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    pub id: String,
    pub name: Option<String>,
    /// Owner; becomes the `consumer` of access tokens.
    pub org_no: Option<String>,
    pub auth_method: AuthMethod,
    pub jwks: Option<Value>,
    pub redirect_uris: Vec<String>,
    pub post_logout_redirect_uris: Vec<String>,
    pub frontchannel_logout_uri: Option<String>,
    pub scopes: Vec<String>,
    pub grants: Vec<Grant>,
    pub sso_disabled: bool,
    pub lifetimes: Lifetimes,
}

/// Grant types that a client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grant {
    #[serde(rename = "authorization_code")]
    AuthorizationCode,
    #[serde(rename = "refresh_token")]
    RefreshToken,
}

impl Client {
    /// May answers go to `uri`?
    pub fn allows_redirect(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| matches(registered, uri))
    }

    /// May the browser go to `uri` after logout?
    pub fn allows_post_logout(&self, uri: &str) -> bool {
        self.post_logout_redirect_uris.iter().any(|registered| matches(registered, uri))
    }

    /// Does an address stand for any port? Whatever program on the person's machine listens there gets the code.
    pub fn leaves_a_port_open(&self) -> bool {
        self.redirect_uris.iter().chain(&self.post_logout_redirect_uris).any(|uri| uri.contains(":*/"))
    }

    /// Does the client learn its session id, and is it told by frame when the session ends?
    pub fn session_required(&self) -> bool {
        self.frontchannel_logout_uri.is_some()
    }
}

/// Exact match, or any port on a loopback address registered with `:*` (the sandbox itself may listen anywhere; production
/// registers no such address).
fn matches(registered: &str, uri: &str) -> bool {
    if registered == uri {
        return true;
    }
    let Some((before, after)) = registered.split_once(":*/") else { return false };
    if !matches!(before, "http://127.0.0.1" | "https://127.0.0.1" | "http://localhost" | "http://[::1]") {
        return false;
    }
    let Some(rest) = uri.strip_prefix(before).and_then(|rest| rest.strip_prefix(':')) else { return false };
    let Some((port, path)) = rest.split_once('/') else { return false };
    port.parse::<u16>().is_ok() && port.bytes().all(|b| b.is_ascii_digit()) && path == after
}

/// The origin of an absolute URI, for content security policies.
pub fn origin_of(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_may_leave_the_port_open() {
        let registered = "http://127.0.0.1:*/authentication/api/v1/upstream/callback";
        assert!(matches(registered, "http://127.0.0.1:8080/authentication/api/v1/upstream/callback"));
        for uri in [
            "http://127.0.0.1:8080@evil.example/authentication/api/v1/upstream/callback",
            "http://127.0.0.1:+80/authentication/api/v1/upstream/callback",
            "http://127.0.0.1:8080/authentication/api/v1/upstream/callback/../x",
            "http://127.0.0.1.evil.example:80/authentication/api/v1/upstream/callback",
        ] {
            assert!(!matches(registered, uri), "{uri}");
        }
    }

    #[test]
    fn a_wildcard_elsewhere_is_no_wildcard() {
        assert!(!matches("https://example.com:*/cb", "https://example.com:443/cb"));
    }
}
