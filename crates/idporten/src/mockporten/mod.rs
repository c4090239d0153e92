//! Mockporten: a login that public test suites use over plain HTTP, with a shared password. It is an upstream provider
//! like ID-porten, and absent in production.

mod authorize;
mod discovery;
mod par;
mod token;

use crate::domain::authorize::OauthError;
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use httpkit::{Access, Class, Ctx, Role, Route, Routes};
use ports::idporten::{Place, Redemption, UpstreamIdp, UpstreamLogin};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Altinn's client id here.
const CLIENT_ID: &str = "altinn-portal";
/// `acr` and `amr` of every login. WIRE: the amr is one that Altinn does not map (identity §2.8).
const ACR: &str = "Level4";
const AMR: &str = "bankid";

/// The provider.
#[derive(Clone)]
pub struct Mockporten {
    ctx: Ctx,
    attempts: Arc<Mutex<Attempts>>,
}

/// Wrong passwords in a row, and when the last one came. Machine time: a moved business clock opens no door.
#[derive(Default)]
struct Attempts {
    failures: u32,
    last: Option<Instant>,
}

/// An authorization request, as it goes round through the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub client_id: String,
    pub redirect_uri: String,
    pub state: String,
    pub nonce: String,
    pub code_challenge: String,
    pub code_challenge_method: String,
}

impl Mockporten {
    /// With the block's surroundings.
    pub fn new(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone(), attempts: Arc::default() }
    }

    fn code_digest(&self, code: &str) -> String {
        self.ctx.keys.digest("mockporten-code", code)
    }

    fn pushed_digest(&self, handle: &str) -> String {
        self.ctx.keys.digest("mockporten-pushed", handle)
    }

    /// Issuer: its discovery address without the well-known part, on the public address of this server.
    fn issuer_url(&self) -> String {
        format!("{}/mockporten/api/v1/openid/", self.ctx.config.public_url())
    }

    /// The login behind a code, when verifier and address fit.
    async fn take(&self, redemption: &Redemption) -> db::Result<Option<crate::store::mock::Code>> {
        let (digest, now) = (self.code_digest(&redemption.code), self.ctx.clock.now());
        let code = db::write_tx!(self.ctx.db, "mockporten.take_code", |tx| {
            crate::store::mock::take_code(tx, &digest, now).await
        })?;
        Ok(code.filter(|code| {
            code.request.redirect_uri == redemption.redirect_uri
                && challenge_met(&code.request.code_challenge, &redemption.verifier)
        }))
    }
}

/// Without a challenge no verifier may come either: else whoever strips the challenge from a login could use its code.
fn challenge_met(challenge: &str, verifier: &str) -> bool {
    match (challenge, verifier) {
        ("", verifier) => verifier.is_empty(),
        (challenge, verifier) => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge,
    }
}

#[async_trait]
impl UpstreamIdp for Mockporten {
    fn key(&self) -> &'static str {
        "mockporten"
    }

    fn issuer(&self) -> String {
        self.issuer_url()
    }

    fn place(&self) -> Place {
        Place {
            prefix: Role::MOCKPORTEN.prefix().unwrap_or_default(),
            host: Role::MOCKPORTEN.hosts(&self.ctx.config).pop(),
            authorize: "/Authorize",
            logout: None,
            client_id: CLIENT_ID.to_owned(),
        }
    }

    async fn redeem(&self, redemption: &Redemption) -> ports::Result<Option<UpstreamLogin>> {
        Ok(self.take(redemption).await?.map(|code| UpstreamLogin {
            nonce: Some(code.request.nonce).filter(|nonce| !nonce.is_empty()),
            pid: code.pid,
            acr: ACR.to_owned(),
            amr: AMR.to_owned(),
            sid: self.ctx.ids.token(16),
            auth_time: code.auth_time,
        }))
    }
}

/// Routes, for the sandbox.
pub fn routes(mock: &Mockporten) -> Vec<Route> {
    Routes::new(Role::MOCKPORTEN, mock.clone())
        .get("/Authorize", Access::sandbox(), authorize::get)
        .post("/Authorize", Access::sandbox(), authorize::post)
        .class(Class::Login)
        .post("/par", Access::sandbox(), par::post)
        .post("/token", Access::sandbox(), token::post)
        .get("/api/v1/openid/.well-known/openid-configuration", Access::sandbox(), discovery::document)
        .get("/api/v1/openid/.well-known/openid-configuration/jwks", Access::sandbox(), discovery::jwks)
        .get("/api/v1/openid/jwks", Access::sandbox(), discovery::jwks)
        .done()
}

/// An absolute http(s) address without user information: where an answer may be sent.
fn usable(redirect_uri: &str) -> Result<(), OauthError> {
    let fits = url::Url::parse(redirect_uri).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.has_host()
    });
    if fits { Ok(()) } else { Err(OauthError::new("invalid_request", "redirect_uri is not usable")) }
}
