//! Admission, common parameters, and the answer.

use crate::tokengen::Generator;
use crate::tokengen::domain::claims::{Claims, Frame, platform_issuer};
use crate::tokengen::domain::query::{Query, environment, uint};
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use httpkit::{Origin, problem};
use jose::{Unverified, VerifyOptions};
use kernel::scope::is_subscope_of;
use serde_json::{Map, Value};
use std::convert::Infallible;
use std::time::Duration;

const ROOT_SCOPE: &str = "altinn:testtools/tokengenerator";
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"AltinnTestTools - TokenGenerator\"");
const LEEWAY: Duration = Duration::from_secs(10);
const DEFAULT_TTL: i64 = 1800;
/// Most tokens of one bulk call.
pub const MAX_BULK: usize = 1000;

/// Lets the caller in: the configured user, or a Maskinporten token with the endpoint's scope or a parent of it.
fn admit(generator: &Generator, headers: &HeaderMap, kind: &str) -> Result<(), Response> {
    let value = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, credentials)) if scheme.eq_ignore_ascii_case("basic") => basic(generator, credentials),
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            bearer(generator, token.trim(), kind)
        }
        _ => Err(challenge()),
    }
}

fn challenge() -> Response {
    let mut response = problem::empty(StatusCode::UNAUTHORIZED);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
    response
}

fn basic(generator: &Generator, credentials: &str) -> Result<(), Response> {
    let decoded = STANDARD.decode(credentials.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(given) = decoded else { return Err(problem::empty(StatusCode::BAD_REQUEST)) };
    let sandbox = &generator.ctx.config.sandbox;
    let expected = format!("{}:{}", sandbox.token_generator_user, sandbox.token_generator_password);
    let keys = &generator.ctx.keys;
    let right = keys.digest_matches("tokengen", &given, &keys.digest("tokengen", &expected));
    if right && !sandbox.token_generator_password.is_empty() { Ok(()) } else { Err(challenge()) }
}

fn bearer(generator: &Generator, token: &str, kind: &str) -> Result<(), Response> {
    let refused = |text: &str| problem::text(StatusCode::FORBIDDEN, text);
    let unverified = Unverified::parse(token, jose::MAX_TOKEN_BYTES)
        .map_err(|_| refused("The bearer token is not valid."))?;
    if unverified.header().alg != "RS256" {
        return Err(problem::text(StatusCode::BAD_REQUEST, "The bearer token must be signed with RS256."));
    }
    let (keys, config) = (&generator.ctx.keys, &generator.ctx.config);
    let options = VerifyOptions {
        issuer: &config.issuers.maskinporten,
        leeway: LEEWAY,
        now: generator.ctx.clock.now(),
    };
    let claims =
        keys.maskinporten.verify(token, &options).map_err(|_| refused("The bearer token is not valid."))?;
    let wanted = format!("{ROOT_SCOPE}/{kind}");
    let scopes = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
    let held = scopes
        .split(' ')
        .any(|scope| scope == wanted || scope == ROOT_SCOPE || is_subscope_of(&wanted, scope));
    if held { Ok(()) } else { Err(refused("The bearer token lacks the scope of this endpoint.")) }
}

/// A call as it came in.
pub struct Call {
    pub generator: Generator,
    origin: Origin,
    headers: HeaderMap,
    query: Query,
}

impl FromRequestParts<Generator> for Call {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, generator: &Generator) -> Result<Self, Infallible> {
        let Ok(origin) = Origin::from_request_parts(parts, generator).await;
        Ok(Self {
            generator: generator.clone(),
            origin,
            headers: parts.headers.clone(),
            query: Query::parse(parts.uri.query()),
        })
    }
}

impl Call {
    /// Lets the caller in and reads what every call may say: `env`, `ttl` and `dump`.
    pub fn admit(mut self, kind: &str) -> Result<(Query, Admitted), Response> {
        admit(&self.generator, &self.headers, kind)?;
        let query = &mut self.query;
        let admitted = Admitted {
            env: query.required("env", environment(&self.generator.ctx.config.environment)),
            ttl: query.optional("ttl", uint).unwrap_or(DEFAULT_TTL),
            dump: query.has("dump"),
            generator: self.generator,
            origin: self.origin,
        };
        Ok((self.query, admitted))
    }
}

/// A call that may be answered.
pub struct Admitted {
    pub generator: Generator,
    origin: Origin,
    env: String,
    ttl: i64,
    dump: bool,
}

impl Admitted {
    /// Issuer and validity. `none` is nobody's environment: its issuer is the generator itself.
    pub fn frame(&self, own_issuer: OwnIssuer) -> Frame {
        let ctx = &self.generator.ctx;
        let issuer = match (self.env.as_str(), own_issuer) {
            ("none", OwnIssuer::WellKnown) => self.origin.url("/api/.well-known/oauth-authorization-server"),
            ("none", OwnIssuer::Name) => "https://tokengenerator".to_owned(),
            (env, _) if env == ctx.config.environment => ctx.config.issuers.altinn.clone(),
            (env, _) => platform_issuer(env),
        };
        Frame { issuer, now: ctx.clock.now(), ttl: self.ttl }
    }

    /// The token as text, or its parts for a reader.
    pub fn answer(&self, claims: &Claims) -> Response {
        match self.generator.ctx.keys.altinn.sign(claims) {
            Ok(token) if self.dump => not_stored(problem::text(StatusCode::OK, &dump(&token))),
            Ok(token) => not_stored(problem::text(StatusCode::OK, &token)),
            Err(e) => httpkit::internal(&e),
        }
    }
}

/// Which issuer the environment `none` has.
#[derive(Debug, Clone, Copy)]
pub enum OwnIssuer {
    /// The generator's metadata address.
    WellKnown,
    /// A fixed name.
    Name,
}

/// Indented header, a dot, indented payload.
fn dump(token: &str) -> String {
    let part = |encoded: &str| {
        let json = URL_SAFE_NO_PAD.decode(encoded).ok();
        let value: Option<Value> = json.and_then(|json| serde_json::from_slice(&json).ok());
        value.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_default()
    };
    token.split('.').take(2).map(part).collect::<Vec<_>>().join("\n.\n")
}

/// Several tokens as a map from number to token. Signing a thousand takes a moment, so it leaves the async workers.
pub async fn bulk(generator: &Generator, of: Vec<(String, Claims)>) -> Response {
    let keys = generator.ctx.keys.clone();
    let signed = tokio::task::spawn_blocking(move || {
        let sign = |(id, claims): (String, Claims)| Ok((id, Value::from(keys.altinn.sign(&claims)?)));
        of.into_iter().map(sign).collect::<jose::Result<Map<String, Value>>>()
    });
    match signed.await {
        Ok(Ok(map)) => not_stored(axum::Json(map).into_response()),
        Ok(Err(e)) => httpkit::internal(&e),
        Err(e) => httpkit::internal(&e),
    }
}

/// No cache keeps a token.
fn not_stored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The errors of the parameters.
pub fn check(query: &Query) -> Result<(), Response> {
    query.finish().map_err(|errors| (StatusCode::BAD_REQUEST, axum::Json(errors)).into_response())
}
