//! `GET authentication`: begins a login, or leads on at once when there is a session.

use crate::session::domain::goto::{self, Rules};
use crate::session::domain::session::{Session, acr_values_are_known, needs_step_up};
use crate::session::http::browser::{self, Cookies, GOTO_COOKIE, LOGIN_COOKIE, Query, SESSION_COOKIE};
use crate::session::store::{logins, sessions};
use crate::session::{BASE, Portal};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use httpkit::{Caller, Origin, RUNTIME_COOKIE, Role, problem};
use jiff::SignedDuration;
use ports::idporten::UpstreamIdp;
use sha2::{Digest, Sha256};
use url::form_urlencoded::Serializer;

/// A login that is not finished by then is void.
const LOGIN_MINUTES: i64 = 10;
const DEFAULT_ACR_VALUES: &str = "selfregistered-email idporten-loa-substantial";

/// Leads to `goto`, by way of the provider when there is no session that is good enough.
pub async fn get(
    State(portal): State<Portal>,
    origin: Origin,
    caller: Option<Caller>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    log_in(&portal, &origin, caller.as_ref(), &headers, &query).await.unwrap_or_else(|refused| refused)
}

async fn log_in(
    portal: &Portal,
    origin: &Origin,
    caller: Option<&Caller>,
    headers: &HeaderMap,
    query: &Query,
) -> Result<Response, Response> {
    let acr_values = query.get("acr_values");
    if acr_values.is_some_and(|values| !acr_values_are_known(values)) {
        return Err(problem::text(StatusCode::BAD_REQUEST, "Invalid acr_values."));
    }
    let domain = Role::login_domain(&portal.ctx.config);
    let rules = Rules { domain: &domain, own_base: origin.base(), loopback: portal.ctx.config.is_sandbox() };
    let wanted = query.get("goto").map(str::to_owned).or_else(|| browser::cookie(headers, GOTO_COOKIE));
    let Some(goto) = wanted.and_then(|wanted| goto::allowed(&wanted, &rules)) else {
        return Ok(browser::redirect(&browser::start_page(origin)));
    };
    // A persona's link of the sandbox logs that persona in, whoever was there before.
    let hint = query.get("login_hint").filter(|_| portal.ctx.config.is_sandbox());
    let session = live_session(portal, caller, headers).await?;
    let good_enough = |session: &Session| !needs_step_up(&session.acr, acr_values.unwrap_or_default());
    if let Some(session) = session.filter(|session| hint.is_none() && good_enough(session)) {
        return lead_on(portal, origin, &session, &goto).await;
    }
    let Some(upstream) = portal.upstream(query.get("iss")) else {
        return Err(problem::text(StatusCode::BAD_REQUEST, "No login provider is configured."));
    };
    let upstream = upstream.clone();
    let acr_values = acr_values.unwrap_or(DEFAULT_ACR_VALUES);
    let start = Start { goto, acr_values, hint };
    to_upstream(portal, origin, headers, upstream.as_ref(), start).await
}

/// The session of the cookie token, else that of the browser's handle.
async fn live_session(
    portal: &Portal,
    caller: Option<&Caller>,
    headers: &HeaderMap,
) -> Result<Option<Session>, Response> {
    let internal = |e: db::Error| httpkit::internal(&e);
    let now = portal.ctx.clock.now();
    let by_token =
        caller.filter(|caller| caller.by_cookie()).and_then(|caller| caller.session_id()?.parse().ok());
    let mut found = match by_token {
        Some(id) => sessions::by_id(&portal.ctx.db, id).await.map_err(internal)?,
        None => None,
    };
    if found.is_none()
        && let Some(handle) = browser::cookie(headers, SESSION_COOKIE)
    {
        found =
            sessions::by_handle(&portal.ctx.db, &portal.handle_digest(&handle)).await.map_err(internal)?;
    }
    Ok(found.filter(|session| session.is_live(now)))
}

async fn lead_on(
    portal: &Portal,
    origin: &Origin,
    session: &Session,
    goto: &str,
) -> Result<Response, Response> {
    let now = portal.ctx.clock.now();
    db::write_tx!(portal.ctx.db, "authn.slide", |tx| { sessions::touch(tx, session.id, now).await })
        .map_err(|e| httpkit::internal(&e))?;
    let mut response = browser::redirect(goto);
    let cookies = Cookies::new(portal, origin);
    cookies.open(&mut response, session, None).map_err(|e| httpkit::internal(&e))?;
    cookies.clear(&mut response, GOTO_COOKIE);
    Ok(response)
}

struct Start<'a> {
    goto: String,
    acr_values: &'a str,
    /// Passed on, so that a persona is one click away.
    hint: Option<&'a str>,
}

async fn to_upstream(
    portal: &Portal,
    origin: &Origin,
    headers: &HeaderMap,
    upstream: &dyn UpstreamIdp,
    start: Start<'_>,
) -> Result<Response, Response> {
    let ids = &portal.ctx.ids;
    let (state, nonce, verifier) = (ids.token(32), ids.token(32), ids.token(32));
    let browser = browser::cookie(headers, LOGIN_COOKIE).filter(|value| value.len() == 43);
    let browser = browser.unwrap_or_else(|| ids.token(32));
    let redirect_uri = format!("{}{BASE}/upstream/callback", origin.base());
    let place = upstream.place();
    let fields = [
        ("response_type", "code"),
        ("client_id", &place.client_id),
        ("redirect_uri", &redirect_uri),
        ("scope", "openid profile"),
        ("state", &state),
        ("nonce", &nonce),
        ("acr_values", start.acr_values),
        ("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))),
        ("code_challenge_method", "S256"),
    ];
    let hint = start.hint.map(|hint| ("login_hint", hint));
    let request = Serializer::new(String::new()).extend_pairs(fields).extend_pairs(hint).finish();
    let target = format!("{}{}?{request}", provider_base(origin, upstream), place.authorize);
    let login = logins::Login {
        browser_hash: portal.browser_digest(&browser),
        provider: upstream.key().to_owned(),
        nonce,
        verifier,
        redirect_uri,
        goto: start.goto,
        expires_at: portal.ctx.clock.now() + SignedDuration::from_mins(LOGIN_MINUTES),
        used_at: None,
    };
    let state_hash = portal.state_digest(&state);
    db::write_tx!(portal.ctx.db, "authn.login", |tx| { logins::insert(tx, &state_hash, &login).await })
        .map_err(|e| httpkit::internal(&e))?;
    let mut response = browser::redirect(&target);
    let cookies = Cookies::new(portal, origin);
    cookies.bind(&mut response, &browser);
    cookies.clear(&mut response, RUNTIME_COOKIE);
    Ok(response)
}

/// Where this browser finds the provider: beside us on the shared origin, or on the provider's own host.
pub fn provider_base(origin: &Origin, upstream: &dyn UpstreamIdp) -> String {
    let place = upstream.place();
    match place.host.filter(|_| origin.is_own_host()) {
        Some(host) => format!("{}://{host}", origin.scheme()),
        None => format!("{}{}", origin.base(), place.prefix),
    }
}
