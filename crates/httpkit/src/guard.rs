//! Verifies the caller's token and enforces what the route declared, before its handler runs.

use crate::caller::{Carrier, IssuerKind};
use crate::faults::{Struck, strike};
use crate::operators::{Door, of_our_own_page};
use crate::routes::RefusalForm;
use crate::trace::Answered;
use crate::{
    Access, Caller, Class, ClientAddress, Ctx, Limiter, Origin, RUNTIME_COOKIE, Refusal, Role, csrf, problem,
};
use audit::Actor;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jose::{Unverified, VerifyOptions};
use ports::authentication::Sessions;
use ports::faults::Faults;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How far clocks may differ (identity §3.4).
const LEEWAY: Duration = Duration::from_secs(10);
/// In the audit log, who comes with a platform access token and nothing else.
const PLATFORM_TOKEN: &str = "platform-token";
/// Longest token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;
/// Why a call without a platform token is refused.
const NO_PLATFORM_TOKEN: &str = "no PlatformAccessToken";

/// What all guards share.
pub(crate) struct Shared {
    pub ctx: Ctx,
    pub sessions: Arc<dyn Sessions>,
    pub operators: Door,
    pub limiter: Limiter,
    /// Faults that the sandbox was asked for.
    pub faults: OnceLock<Arc<dyn Faults>>,
}

/// One route's guard.
#[derive(Clone)]
pub(crate) struct Guard {
    pub shared: Arc<Shared>,
    pub answered: Answered,
    pub access: Access,
    pub class: Class,
    /// Largest body, in bytes.
    pub limit: usize,
    pub refusals: Option<RefusalForm>,
    /// The handler reads `CsrfForm`, which proves a change by its form; else the header must.
    pub proven_by_form: bool,
}

/// Enforces, and tells with the answer which route it was.
pub(crate) async fn enforce(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let answered = guard.answered.clone();
    let mut response = pass(guard, request, next).await;
    response.extensions_mut().insert(answered);
    response
}

async fn pass(guard: Guard, request: Request, next: Next) -> Response {
    if guard.access == Access::Operator {
        let (mut parts, body) = request.into_parts();
        return match guard.shared.operators.admit(&guard.shared.ctx, &parts).await {
            Ok(operator) => {
                audit::acting(Actor::operator(operator.name()));
                parts.extensions.insert(operator);
                next.run(Request::from_parts(parts, body)).await
            }
            Err(answer) => answer,
        };
    }
    let address = ClientAddress::of(&request);
    let named = guard.shared.named(request.headers());
    let struck = match guard.shared.faults.get() {
        Some(faults) => {
            let caller = named.as_ref().ok().and_then(Option::as_ref);
            strike(faults.as_ref(), guard.answered.role, request.uri().path(), caller).await
        }
        None => Struck::default(),
    };
    if let Some(response) = struck.down() {
        return struck.mark(response).await;
    }
    if let Some(status) = struck.error() {
        let response = guard.refuse(Refusal::Broken(status), &request);
        return struck.mark(response).await;
    }
    let response = guard.pass(address, named, request, next).await;
    struck.mark(response).await
}

impl Guard {
    /// Rations, admits and lets through.
    async fn pass(
        &self,
        address: ClientAddress,
        named: Result<Option<Caller>, String>,
        mut request: Request,
        next: Next,
    ) -> Response {
        let (class, limiter) = (self.class, &self.shared.limiter);
        let offered = request.headers().contains_key(header::AUTHORIZATION);
        let platform = self.access.asks_platform().then(|| self.shared.platform_token(request.headers()));
        // The platform's own parts are not rationed.
        let class = if matches!(platform, Some(Ok(()))) { Class::Unlimited } else { class };
        if let Err(seconds) = limiter.take(class, named.as_ref().ok().and_then(Option::as_ref), address.0) {
            metrics::counter!("http_limited_total", "class" => class.name()).increment(1);
            return self.refuse(Refusal::Limited(seconds), &request);
        }
        let caller = match self.shared.alive(named).await {
            Ok(caller) => caller,
            Err(GuardError::Db(e)) => return problem::internal(&e),
            Err(GuardError::Invalid(reason)) => {
                // A browser with an old cookie tries nothing.
                if offered {
                    limiter.failed(address.0);
                }
                if self.access.needs_token() {
                    return self.refuse(Refusal::Unauthenticated(reason), &request);
                }
                None
            }
        };
        if let Err(refusal) = self.admit(caller.as_ref(), platform, &request) {
            return self.refuse(refusal, &request);
        }
        if announced(request.headers()) > self.limit {
            return problem::empty(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let unproven = caller.is_none();
        match caller {
            Some(caller) => {
                audit::acting(caller.actor());
                audit::from(caller.client_id(), caller.session_id());
                audit::by(self.access.proof(&caller));
                request.extensions_mut().insert(caller);
            }
            None if matches!(self.access, Access::Platform | Access::PlatformOr(_)) => {
                audit::acting(Actor::platform(PLATFORM_TOKEN));
                audit::by(PLATFORM_TOKEN);
            }
            None => {}
        }
        let response = next.run(request).await;
        if unproven && refused_proof(class, offered, response.status()) {
            self.shared.limiter.failed(address.0);
        }
        response
    }
}

/// Did a handler turn down what should have proven the caller. Token endpoints say so with 400 as well.
fn refused_proof(class: Class, offered: bool, status: StatusCode) -> bool {
    let is_proof = matches!(class, Class::Token | Class::Login);
    (status == StatusCode::UNAUTHORIZED && (offered || is_proof))
        || (status == StatusCode::BAD_REQUEST && is_proof)
}

/// Does the method change something.
fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Length of the body as its head tells.
fn announced(headers: &HeaderMap) -> usize {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .unwrap_or_default()
}

impl Guard {
    fn admit(
        &self,
        caller: Option<&Caller>,
        platform: Option<Result<(), String>>,
        request: &Request,
    ) -> Result<(), Refusal> {
        let missing = || Refusal::Unauthenticated("no token".into());
        match self.access {
            // Nobody logs in at a test door, so a stranger's page could send anyone's browser through it.
            Access::Sandbox(_)
                if changes(request.method()) && !of_our_own_page(request.headers(), request.extensions()) =>
            {
                Err(Refusal::Csrf)
            }
            // An operator has been let in before.
            Access::Public(_) | Access::Client(_) | Access::Sandbox(_) | Access::Operator => Ok(()),
            Access::Platform => {
                platform.unwrap_or_else(|| Err(NO_PLATFORM_TOKEN.into())).map_err(Refusal::Unauthenticated)
            }
            Access::PlatformOr(any_of) => {
                match (platform.unwrap_or_else(|| Err(NO_PLATFORM_TOKEN.into())), caller) {
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
        let wait = if let Refusal::Limited(seconds) = refusal { Some(seconds) } else { None };
        let mut response = match (self.refusals, refusal) {
            (Some(form), refusal) => form(refusal),
            (None, Refusal::Unauthenticated(_)) => problem::empty(StatusCode::UNAUTHORIZED),
            (None, Refusal::Forbidden(_) | Refusal::Csrf) => problem::empty(StatusCode::FORBIDDEN),
            (None, Refusal::Limited(seconds)) => self.answered.role.limited(seconds),
            (None, Refusal::Broken(status)) => self.answered.role.broken(status),
        };
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A change by cookie must prove in its header that a page of ours made it.
fn proven(caller: &Caller, request: &Request) -> Result<(), Refusal> {
    if changes(request.method())
        && caller.by_cookie()
        && !csrf::header_proves(request.headers(), caller.csrf_token())
    {
        return Err(Refusal::Csrf);
    }
    Ok(())
}

impl Role {
    /// A caller came too often. WIRE: docs/wire/README.md#too-many-requests
    fn limited(self, seconds: u64) -> Response {
        let status = StatusCode::TOO_MANY_REQUESTS;
        match self {
            Self::PLATFORM | Self::AM_UI => problem::gateway_limited(seconds),
            Self::MASKINPORTEN | Self::IDPORTEN | Self::MOCKPORTEN => {
                problem::oauth(status, "temporarily_unavailable", "Too many requests")
            }
            Self::PORTAL => problem::text(
                status,
                &format!(
                    "For mange forespørsler. Prøv igjen om {seconds} s.\nToo many requests. Try again in {seconds} s.\n"
                ),
            ),
            _ => problem::Problem::allting(status, "too-many-requests", "Too many requests").into_response(),
        }
    }
}

impl Access {
    fn asks_platform(self) -> bool {
        matches!(self, Self::Platform | Self::PlatformOr(_))
    }

    /// By what the caller was let in.
    fn proof(self, caller: &Caller) -> &'static str {
        let held = |any_of: &[&'static str]| any_of.iter().copied().find(|scope| caller.has_scope(scope));
        match self {
            Self::Token { any_of, .. } => held(any_of).unwrap_or("token"),
            Self::PlatformOr(any_of) => held(any_of).unwrap_or(PLATFORM_TOKEN),
            Self::Platform => PLATFORM_TOKEN,
            Self::Session => "portal",
            Self::Public(_) | Self::Client(_) | Self::Operator | Self::Sandbox(_) => "open",
        }
    }

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
    let origin = request.extensions().get::<Origin>();
    let base = origin.map(|origin| origin.base().to_owned()).unwrap_or_default();
    let platform = origin.filter(|origin| origin.is_own_host()).map(|origin| origin.of(Role::PLATFORM));
    let platform = platform.unwrap_or_default();
    let goto: String = url::form_urlencoded::byte_serialize(format!("{base}{page}").as_bytes()).collect();
    Redirect::to(&format!("{platform}/authentication/api/v1/authentication?goto={goto}")).into_response()
}

enum GuardError {
    Invalid(String),
    Db(db::Error),
}

impl Shared {
    /// The caller that the bearer token names, else the portal's cookie. Only signature and claims are looked at.
    fn named(&self, headers: &HeaderMap) -> Result<Option<Caller>, String> {
        let jar = CookieJar::from_headers(headers);
        let (token, carrier) = match (bearer(headers), jar.get(RUNTIME_COOKIE)) {
            (Some(token), _) => (token, Carrier::Header),
            (None, Some(cookie)) => (cookie.value(), Carrier::Cookie),
            (None, None) => return Ok(None),
        };
        self.verify(token, carrier).map(Some)
    }

    /// The same caller, if a portal session that stands behind the token still holds.
    async fn alive(&self, named: Result<Option<Caller>, String>) -> Result<Option<Caller>, GuardError> {
        let Some(caller) = named.map_err(GuardError::Invalid)? else { return Ok(None) };
        // A portal token is as good as its session, also where a script sends it as a bearer token.
        if caller.carrier == Carrier::Header && !caller.is_of_portal() {
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
        let token =
            headers.get("PlatformAccessToken").and_then(|v| v.to_str().ok()).ok_or(NO_PLATFORM_TOKEN)?;
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
