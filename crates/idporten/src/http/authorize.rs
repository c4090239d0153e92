//! `GET|POST /authorize`

use crate::Idporten;
use crate::domain::authorize::{self as rules, OauthError, PageFault, Prompt, Request};
use crate::domain::client::Client;
use crate::domain::hint;
use crate::http::browser::{self, SESSION_COOKIE};
use crate::http::finish::{self, NewLogin};
use crate::store::{clients, requests, sessions};
use crate::wire::params::Params;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use httpkit::Origin;
use jiff::SignedDuration;

/// A person has this long to choose.
const LOGIN_MINUTES: i64 = 30;
/// Marks a pushed request's address.
pub const REQUEST_URI_PREFIX: &str = "urn:idporten:";

/// The request in the query.
pub async fn get(
    State(idp): State<Idporten>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    authorize(&idp, &origin, &headers, &params).await.unwrap_or_else(|refused| refused)
}

/// The request in a form.
pub async fn post(State(idp): State<Idporten>, origin: Origin, headers: HeaderMap, body: Bytes) -> Response {
    authorize(&idp, &origin, &headers, &Params::parse(&body)).await.unwrap_or_else(|refused| refused)
}

async fn authorize(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Response, Response> {
    let client = match params.all("client_id").as_slice() {
        [id] => clients::get(&idp.ctx.db, id).await.map_err(|e| httpkit::internal(&e))?,
        _ => None,
    };
    let Some(registered) = client else { return Err(browser::fault_page(headers, PageFault::Client)) };
    let client = registered.client;
    let request = if let Some(uri) = params.get("request_uri") {
        take_pushed(idp, headers, &client, uri).await?
    } else {
        let to =
            rules::return_address(&client, params).map_err(|fault| browser::fault_page(headers, fault))?;
        rules::check(&client, &to, params).map_err(|error| finish::error(idp, headers, &to, &error))?
    };
    answer(idp, origin, headers, &client, &request).await
}

async fn take_pushed(
    idp: &Idporten,
    headers: &HeaderMap,
    client: &Client,
    uri: &str,
) -> Result<Request, Response> {
    let handle = uri.strip_prefix(REQUEST_URI_PREFIX).unwrap_or_default();
    let internal = |e: db::Error| httpkit::internal(&e);
    let mut tx = idp.ctx.db.begin("idporten.take_pushed").await.map_err(internal)?;
    let taken =
        requests::take_pushed(&mut tx, &idp.pushed_digest(handle), &client.id, idp.ctx.clock.now()).await;
    let taken = taken.map_err(internal)?;
    tx.commit().await.map_err(internal)?;
    taken.ok_or_else(|| browser::fault_page(headers, PageFault::RequestUri))
}

/// From a good request to a code, the login page or an error.
async fn answer(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    client: &Client,
    request: &Request,
) -> Result<Response, Response> {
    let refuse = |error: OauthError| Err(finish::error(idp, headers, &finish::address(request), &error));
    if idp.is_sandbox() {
        match request.login_hint.as_deref().and_then(hint::parse) {
            None => {}
            Some(Ok(wanted)) => match headless(idp, request, &wanted).await? {
                Ok(made) => return finish::new_login(idp, origin, headers, client, request, &made).await,
                Err(error) => return refuse(error),
            },
            Some(Err(hint::BadHint)) => {
                return refuse(OauthError::new("access_denied", "login_hint is not usable"));
            }
        }
    }
    if let Some(cookie) = browser::cookie(headers, SESSION_COOKIE) {
        let found =
            sessions::find(&idp.ctx.db, &idp.session_digest(&cookie), finish::isolation(client)).await;
        let found = found.map_err(|e| httpkit::internal(&e))?;
        if let Some(login) = found.filter(|login| login.answers(request, idp.ctx.clock.now())) {
            return finish::reuse(idp, headers, client, request, &login).await;
        }
    }
    if request.prompt.contains(&Prompt::None) {
        return refuse(OauthError::new("login_required", "there is no session that fits the request"));
    }
    if !idp.is_sandbox() {
        return refuse(OauthError::new("temporarily_unavailable", "no electronic identity is connected"));
    }
    if request.requested.idporten.is_none() {
        return refuse(OauthError::new("temporarily_unavailable", "eIDAS and e-mail login are not built"));
    }
    start_login(idp, origin, headers, request).await
}

/// The login that a `testid:` hint asks for, or why it is refused.
async fn headless(
    idp: &Idporten,
    request: &Request,
    wanted: &hint::TestId<'_>,
) -> Result<Result<NewLogin, OauthError>, Response> {
    let Some(acr) = wanted.acr.or(request.requested.idporten) else {
        return Ok(Err(OauthError::new("access_denied", "the request asks for no level of ID-porten")));
    };
    if !request.requested.accepts(acr) {
        return Ok(Err(OauthError::new(
            "access_denied",
            "the level of login_hint is below the level asked for",
        )));
    }
    if !idp.may_log_in(wanted.pid).await.map_err(|e| httpkit::internal(&e))? {
        return Ok(Err(OauthError::new("access_denied", "login_hint is not a synthetic identity number")));
    }
    Ok(Ok(NewLogin { pid: wanted.pid.to_owned(), acr, amr: "TestID" }))
}

async fn start_login(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    request: &Request,
) -> Result<Response, Response> {
    let handle = idp.ctx.ids.token(32);
    let browser = browser::binding(headers, origin).filter(|value| value.len() == 43);
    let browser = browser.unwrap_or_else(|| idp.ctx.ids.token(32));
    let expires_at = idp.ctx.clock.now() + SignedDuration::from_mins(LOGIN_MINUTES);
    let (login_hash, browser_hash) = (idp.login_digest(&handle), idp.browser_digest(&browser));
    let stored = db::write_tx!(idp.ctx.db, "idporten.start_login", |tx| {
        requests::start_login(tx, &login_hash, &browser_hash, request, expires_at).await
    });
    stored.map_err(|e| httpkit::internal(&e))?;
    let mut response = finish::redirect(&origin.url(&format!("/login?t={handle}")));
    browser::bind(&mut response, origin, &browser);
    Ok(response)
}
