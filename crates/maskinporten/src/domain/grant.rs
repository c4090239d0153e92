//! The JWT grant: what it must hold, and the checks that need nothing but the client.

use crate::domain::client::Client;
use crate::domain::refusal::{Cause, Refusal, echo};
use jiff::Timestamp;
use jose::{Claims, MAX_TOKEN_BYTES, Unverified};
use kernel::ScopeSet;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Longest lifetime of a grant, in seconds.
const MAX_LIFETIME: i64 = 120;
/// How far a client's clock may be ahead, in seconds.
const MAX_AHEAD: i64 = 10;

/// A grant whose signature has not been checked yet.
#[derive(Debug)]
pub struct Grant<'a> {
    token: Unverified<'a>,
    /// `iss`: the client.
    pub client_id: String,
    audience: Vec<String>,
    issued_at: i64,
    /// `exp`, in seconds.
    pub expires_at: i64,
    /// `scope`
    pub scopes: ScopeSet,
    /// What must not come twice: the digest of `jti`, or of the whole assertion when it has none.
    pub digest: String,
}

impl<'a> Grant<'a> {
    /// Reads the assertion (row 2 of the order of checks).
    pub fn read(assertion: &'a str) -> Result<Self, Refusal> {
        let token = Unverified::parse(assertion, MAX_TOKEN_BYTES)
            .map_err(|error| parameter(format!("The assertion could not be read: {error}")))?;
        let header = token.header();
        if !matches!(header.alg.as_str(), "RS256" | "RS384" | "RS512") {
            return Err(parameter("The header parameter alg must be RS256, RS384 or RS512"));
        }
        match (&header.kid, &header.x5c) {
            (Some(_), Some(_)) => return Err(parameter("The header has both kid and x5c")),
            (None, None) => return Err(parameter("The header must have kid or x5c")),
            _ => {}
        }
        let claims = token.claims();
        let jti = optional_text(claims, "jti")?;
        let scopes = ScopeSet::parse(optional_text(claims, "scope")?.ok_or_else(|| missing("scope"))?);
        if scopes.is_empty() {
            return Err(missing("scope"));
        }
        if claims.contains_key("iss_onbehalfof") {
            return Err(parameter("The claim iss_onbehalfof is not supported"));
        }
        Ok(Self {
            client_id: optional_text(claims, "iss")?.ok_or_else(|| missing("iss"))?.to_owned(),
            audience: texts(claims.get("aud"))
                .ok_or_else(|| parameter("The claim aud has the wrong type"))?,
            issued_at: seconds(claims, "iat")?,
            expires_at: seconds(claims, "exp")?,
            digest: jti
                .map_or_else(|| digest("assertion", &assertion.replace('=', "")), |jti| digest("jti", jti)),
            scopes,
            token,
        })
    }

    /// Checks audience, key, signature and times (rows 4 to 11). Gives the `kid` of the key.
    pub fn authenticate(
        &self,
        client: &Client,
        audiences: &[String],
        now: Timestamp,
    ) -> Result<&str, Refusal> {
        self.check_audience(audiences)?;
        let header = self.token.header();
        if let Some(x5c) = &header.x5c {
            return Err(certificate(x5c));
        }
        let kid = header.kid.as_deref().unwrap_or_default();
        let registered = client.key(kid).ok_or_else(|| {
            // The caller has not proved who it is, so it is not told which keys there are.
            Refusal::new(Cause::Signature, "No key with this kid is registered on the client").because(
                format!("kid was {}; the client has {} registered keys", echo(kid), client.keys.len()),
            )
        })?;
        if registered.expires_at <= now {
            return Err(Refusal::new(Cause::KeyExpired, "The registered key has expired").because(format!(
                "key {} expired at {}",
                echo(kid),
                registered.expires_at
            )));
        }
        self.token.check_signature(&registered.key).map_err(|error| {
            Refusal::new(Cause::Signature, "Invalid JWT signature").because(format!(
                "{error}: the grant must be signed with the private half of key {}",
                echo(kid)
            ))
        })?;
        self.check_times(now.as_second())?;
        Ok(kid)
    }

    fn check_audience(&self, audiences: &[String]) -> Result<(), Refusal> {
        match self.audience.as_slice() {
            [audience] if audiences.contains(audience) => Ok(()),
            found => Err(Refusal::new(Cause::Audience, "Invalid JWT claim aud").because(format!(
                "aud was [{}]; it must be exactly one of {}",
                found.iter().map(|audience| echo(audience)).collect::<Vec<_>>().join(", "),
                audiences.join(", ")
            ))),
        }
    }

    fn check_times(&self, now: i64) -> Result<(), Refusal> {
        let times = || format!("iat {}, exp {}, the time here {now}", self.issued_at, self.expires_at);
        if self.expires_at <= now {
            return Err(Refusal::new(Cause::Expired, "JWT expired").because(times()));
        }
        if self.expires_at.saturating_sub(self.issued_at) > MAX_LIFETIME {
            return Err(
                Refusal::new(Cause::Expired, "The lifetime of the JWT is over 120 seconds").because(times())
            );
        }
        if self.issued_at > now + MAX_AHEAD {
            return Err(Refusal::new(Cause::IssuedInFuture, "The issue time is after now").because(times()));
        }
        Ok(())
    }

    /// The claims as the client wrote them.
    pub fn claims(&self) -> &Claims {
        self.token.claims()
    }

    /// `pid`, for a token on behalf of a person (row 22).
    pub fn pid(&self) -> Result<Option<&str>, Refusal> {
        let pid = optional_text(self.claims(), "pid")?;
        match pid {
            Some(text) if kernel::Pid::parse_digits(text).is_err() => {
                Err(parameter("The claim pid must have eleven digits"))
            }
            pid => Ok(pid),
        }
    }

    /// `resource`: absolute URIs without fragment (row 21).
    pub fn resources(&self) -> Result<Vec<String>, Refusal> {
        let refused =
            || Refusal::new(Cause::Resource, "The claim resource must hold absolute URIs without fragment");
        let resources = texts(self.claims().get("resource")).ok_or_else(refused)?;
        for resource in &resources {
            let absolute = url::Url::parse(resource).is_ok_and(|uri| uri.fragment().is_none());
            if !absolute {
                return Err(refused().because(format!("resource was {}", echo(resource))));
            }
        }
        Ok(resources)
    }
}

/// WIRE: certificates of enterprises are read but never trusted yet (identity §1.6 is P2), which is row 5; a malformed
/// chain is row 8.
fn certificate(x5c: &Value) -> Refusal {
    let decodable = x5c.as_array().is_some_and(|chain| {
        !chain.is_empty()
            && chain.iter().all(|part| {
                part.as_str().is_some_and(|text| {
                    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text)
                        .is_ok_and(|der| der.first() == Some(&0x30))
                })
            })
    });
    if decodable {
        Refusal::new(Cause::CertificateTrust, "The certificate is not trusted")
            .because("no certificate authority is trusted here; register a key and send its kid")
    } else {
        Refusal::new(Cause::CertificateFormat, "x5c must be an array of certificates")
    }
}

fn parameter(text: impl Into<String>) -> Refusal {
    Refusal::new(Cause::Parameter, text)
}

fn missing(claim: &str) -> Refusal {
    parameter(format!("The claim {claim} is missing"))
}

fn optional_text<'c>(claims: &'c Claims, name: &str) -> Result<Option<&'c str>, Refusal> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
        Some(_) => Err(parameter(format!("The claim {name} must be a text"))),
    }
}

/// A text or an array of texts; empty when absent.
fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    match value {
        None => Some(Vec::new()),
        Some(Value::String(text)) => Some(vec![text.clone()]),
        Some(Value::Array(items)) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Some(_) => None,
    }
}

fn seconds(claims: &Claims, name: &str) -> Result<i64, Refusal> {
    let value = claims.get(name).ok_or_else(|| missing(name))?;
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|at| at as i64))
        .ok_or_else(|| parameter(format!("The claim {name} must be a number of seconds")))
}

fn digest(kind: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(kind);
    hash.update([0]);
    hash.update(text);
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, hash.finalize())
}
