//! Verifies the caller's token and enforces what the route declared, before its handler runs.

use crate::caller::{Carrier, IssuerKind};
use crate::operators::Door;
use crate::routes::RefusalForm;
use crate::{Access, Caller, Ctx, Origin, RUNTIME_COOKIE, Refusal, csrf, problem};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use http::{HeaderMap, Method, StatusCode, header};
use jose::{Unverified, VerifyOptions};
use ports::authentication::Sessions;
use std::sync::Arc;
use std::time::Duration;

/// How far clocks may differ (identity §3.4).
const LEEWAY: Duration = Duration::from_secs(10);
/// Longest token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;

/// What all guards share.
pub(crate) struct Shared {
    pub ctx: Ctx,
    pub sessions: Arc<dyn Sessions>,
    pub operators: Door,
}

/// One route's guard.
#[derive(Clone)]
pub(crate) struct Guard {
    pub shared: Arc<Shared>,
    pub access: Access,
    pub refusals: Option<RefusalForm>,
    /// The handler reads `CsrfForm`, which proves a change by its form; else the header must.
    pub proven_by_form: bool,
}

pub(crate) async fn enforce(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    if guard.access == Access::Operator {
        let (mut parts, body) = request.into_parts();
        return match guard.shared.operators.admit(&guard.shared.ctx, &parts).await {
            Ok(operator) => {
                parts.extensions.insert(operator);
                next.run(Request::from_parts(parts, body)).await
            }
            Err(answer) => answer,
        };
    }
    let caller = match guard.shared.caller(request.headers()).await {
        Ok(caller) => caller,
        Err(GuardError::Db(e)) => return problem::internal(&e),
        Err(GuardError::Invalid(reason)) => {
            if guard.access.needs_token() {
                return guard.refuse(Refusal::Unauthenticated(reason), &request);
            }
            None
        }
    };
    if let Err(refusal) = guard.admit(caller.as_ref(), &request) {
        return guard.refuse(refusal, &request);
    }
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    next.run(request).await
}

impl Guard {
    fn admit(&self, caller: Option<&Caller>, request: &Request) -> Result<(), Refusal> {
        let missing = || Refusal::Unauthenticated("no token".into());
        match self.access {
            // An operator has been let in before.
            Access::Public(_) | Access::Client(_) | Access::Sandbox(_) | Access::Operator => Ok(()),
            Access::Platform => {
                self.shared.platform_token(request.headers()).map_err(Refusal::Unauthenticated)
            }
            Access::PlatformOr(any_of) => {
                let platform = self.shared.platform_token(request.headers());
                match (platform, caller) {
                    (Ok(()), _) => Ok(()),
                    (_, Some(caller))
                        if !caller.by_cookie() && any_of.iter().any(|scope| caller.has_scope(scope)) =>
                    {
                        Ok(())
                    }
                    (Err(_), Some(_)) => Err(Refusal::Forbidden(format!(
                        "no PlatformAccessToken, and the token has none of the scopes {}",
                        any_of.join(", ")
                    ))),
                    (Err(reason), None) => Err(Refusal::Unauthenticated(reason)),
                }
            }
            Access::Session => {
                let caller = caller.ok_or_else(missing)?;
                if !caller.by_cookie() || caller.party_uuid().is_none() {
                    return Err(Refusal::Unauthenticated("not a portal login".into()));
                }
                if self.proven_by_form { Ok(()) } else { proven(caller, request) }
            }
            Access::Token { any_of, maskinporten_only } => {
                let caller = caller.ok_or_else(missing)?;
                if maskinporten_only && caller.issuer != IssuerKind::Maskinporten {
                    return Err(Refusal::Unauthenticated(
                        "only tokens straight from Maskinporten are taken here".into(),
                    ));
                }
                if !any_of.is_empty() && !any_of.iter().any(|scope| caller.has_scope(scope)) {
                    return Err(Refusal::Forbidden(format!(
                        "the token has none of the scopes {}",
                        any_of.join(", ")
                    )));
                }
                proven(caller, request)
            }
        }
    }

    fn refuse(&self, refusal: Refusal, request: &Request) -> Response {
        tracing::debug!(?refusal, path = request.uri().path(), "refused");
        if self.access == Access::Session && matches!(refusal, Refusal::Unauthenticated(_)) {
            return to_login(request);
        }
        if let Some(form) = self.refusals {
            return form(refusal);
        }
        problem::empty(match refusal {
            Refusal::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Refusal::Forbidden(_) | Refusal::Csrf => StatusCode::FORBIDDEN,
        })
    }
}

/// A change by cookie must prove in its header that a page of ours made it.
fn proven(caller: &Caller, request: &Request) -> Result<(), Refusal> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && caller.by_cookie() && !csrf::header_proves(request.headers(), caller.csrf_token()) {
        return Err(Refusal::Csrf);
    }
    Ok(())
}

impl Access {
    fn needs_token(self) -> bool {
        matches!(self, Self::Token { .. } | Self::Session)
    }
}

/// Sends a browser to log in and back to the page it asked for; a form post goes back to the start page, since it cannot be repeated.
fn to_login(request: &Request) -> Response {
    let page = match *request.method() {
        Method::GET => request.extensions().get::<axum::extract::OriginalUri>().map_or_else(
            || request.uri().to_string(),
            |original| original.0.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        ),
        _ => "/".to_owned(),
    };
    let base =
        request.extensions().get::<Origin>().map(|origin| origin.base().to_owned()).unwrap_or_default();
    let goto: String = url::form_urlencoded::byte_serialize(format!("{base}{page}").as_bytes()).collect();
    Redirect::to(&format!("/authentication/api/v1/authentication?goto={goto}")).into_response()
}

enum GuardError {
    Invalid(String),
    Db(db::Error),
}

impl Shared {
    /// The caller of the bearer token, else of the portal's cookie.
    async fn caller(&self, headers: &HeaderMap) -> Result<Option<Caller>, GuardError> {
        let jar = CookieJar::from_headers(headers);
        let (token, carrier) = match (bearer(headers), jar.get(RUNTIME_COOKIE)) {
            (Some(token), _) => (token, Carrier::Header),
            (None, Some(cookie)) => (cookie.value(), Carrier::Cookie),
            (None, None) => return Ok(None),
        };
        let caller = self.verify(token, carrier).map_err(GuardError::Invalid)?;
        // A portal token is as good as its session, also where a script sends it as a bearer token.
        if carrier == Carrier::Header && !caller.is_of_portal() {
            return Ok(Some(caller));
        }
        let Some(session) = caller.session_id() else {
            return Err(GuardError::Invalid("portal token without session".into()));
        };
        match self.sessions.alive(session).await {
            Ok(true) => Ok(Some(caller)),
            Ok(false) => Err(GuardError::Invalid("the session has ended".into())),
            Err(e) => Err(GuardError::Db(e)),
        }
    }

    fn verify(&self, token: &str, carrier: Carrier) -> Result<Caller, String> {
        let unverified = Unverified::parse(token, MAX_TOKEN).map_err(|e| e.to_string())?;
        let issuer =
            unverified.claims().get("iss").and_then(serde_json::Value::as_str).ok_or("no issuer")?.to_owned();
        let (keys, config) = (&self.ctx.keys, &self.ctx.config);
        // WIRE: any issuer that is not a configured provider is checked with Altinn's keys (identity §3.4).
        let (kind, keys) = if issuer == config.issuers.maskinporten {
            (IssuerKind::Maskinporten, &keys.maskinporten)
        } else if issuer == config.issuers.idporten {
            (IssuerKind::Idporten, &keys.idporten)
        } else {
            (IssuerKind::Altinn, &keys.altinn)
        };
        if carrier == Carrier::Cookie && kind != IssuerKind::Altinn {
            return Err("the cookie holds a foreign token".into());
        }
        let options = VerifyOptions { issuer: &issuer, leeway: LEEWAY, now: self.ctx.clock.now() };
        let claims = keys.verify(token, &options).map_err(|e| e.to_string())?;
        if kind == IssuerKind::Altinn && claims.contains_key("urn:altinn:app") {
            return Err("a platform access token is not a bearer token".into());
        }
        if kind == IssuerKind::Idporten && !claims.contains_key("scope") {
            return Err("an id_token is not a bearer token".into());
        }
        let csrf = claims
            .get("sid")
            .and_then(|sid| sid.as_str())
            .map(|sid| self.ctx.keys.digest("csrf", sid).into());
        Ok(Caller { issuer: kind, claims: Arc::new(claims), token: token.into(), carrier, csrf })
    }

    fn platform_token(&self, headers: &HeaderMap) -> Result<(), String> {
        let token = headers
            .get("PlatformAccessToken")
            .and_then(|v| v.to_str().ok())
            .ok_or("no PlatformAccessToken")?;
        if token.len() > MAX_TOKEN {
            return Err("token too long".into());
        }
        let options = VerifyOptions { issuer: "platform", leeway: LEEWAY, now: self.ctx.clock.now() };
        let claims = self.ctx.keys.altinn.verify(token, &options).map_err(|e| e.to_string())?;
        if claims.contains_key("urn:altinn:app") { Ok(()) } else { Err("not a platform access token".into()) }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
