//! Providers of logins, as the Altinn side redeems their codes.

use crate::Result;
use async_trait::async_trait;
use jiff::Timestamp;

/// A code that has come back from a provider, with what proves that it is ours.
#[derive(Debug, Clone)]
pub struct Redemption {
    /// `code`
    pub code: String,
    /// `code_verifier`
    pub verifier: String,
    /// `redirect_uri` of the authorization request.
    pub redirect_uri: String,
}

/// Who logged in, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamLogin {
    /// `nonce` of the authorization request.
    pub nonce: Option<String>,
    /// National identity number.
    pub pid: String,
    /// `acr` as the provider writes it.
    pub acr: String,
    /// First `amr`.
    pub amr: String,
    /// Session id at the provider, for single logout.
    pub sid: String,
    /// When the person proved who they are.
    pub auth_time: Timestamp,
}

/// A provider of logins that runs in this process.
#[async_trait]
pub trait UpstreamIdp: Send + Sync {
    /// Name in `iss=` of the login address (`idporten`, `mockporten`).
    fn key(&self) -> &'static str;
    /// Issuer, byte for byte.
    fn issuer(&self) -> String;
    /// Path of its pages on the shared origin, and its own host name.
    fn place(&self) -> Place;
    /// Exchanges the code for the login; `None` when the code is not good.
    async fn redeem(&self, redemption: &Redemption) -> Result<Option<UpstreamLogin>>;
}

/// Where a provider's pages are found by the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Path prefix on the shared origin.
    pub prefix: &'static str,
    /// Host that it answers on when the platform answers on its own host.
    pub host: Option<String>,
    /// Path of the authorization endpoint.
    pub authorize: &'static str,
    /// Path of the logout endpoint, if it has one.
    pub logout: Option<&'static str>,
    /// Altinn's client id there.
    pub client_id: String,
}
