//! `GET|POST /logout`

use crate::Idporten;
use crate::domain::client::{Client, origin_of};
use crate::http::browser::{self, SESSION_COOKIE};
use crate::http::finish;
use crate::pages;
use crate::store::{clients, grants, sessions};
use crate::wire::params::Params;
use audit::{Action, Entry};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use httpkit::Origin;
use jose::Unverified;
use serde_json::Value;

/// Tokens that grant nothing but the login itself die with it; others live on.
const LOGIN_SCOPES: [&str; 2] = ["openid", "profile"];

/// Logout by link.
pub async fn get(
    State(idp): State<Idporten>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    logout(&idp, &origin, &headers, &params).await.unwrap_or_else(|refused| refused)
}

/// Logout by form.
pub async fn post(State(idp): State<Idporten>, origin: Origin, headers: HeaderMap, body: Bytes) -> Response {
    logout(&idp, &origin, &headers, &Params::parse(&body)).await.unwrap_or_else(|refused| refused)
}

async fn logout(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Response, Response> {
    let internal = |e: db::Error| httpkit::internal(&e);
    let digest = browser::cookie(headers, SESSION_COOKIE).map(|cookie| idp.session_digest(&cookie));
    let mut tx = idp.ctx.db.begin("idporten.logout").await.map_err(internal)?;
    let session = match &digest {
        Some(digest) => sessions::by_handle(&mut tx, digest).await.map_err(internal)?,
        None => None,
    };
    let Some((session, _)) = session else { return Err(browser::error_page(headers, "error-session")) };
    let initiator = initiator(idp, params).map_err(|()| browser::error_page(headers, "error-hint"))?;
    let ended = end(idp, &mut tx, session).await.map_err(internal)?;
    tx.commit().await.map_err(internal)?;
    let next = match initiator {
        Some(id) => next(idp, &id, params).await.map_err(internal)?,
        None => None,
    };
    let frames: Vec<String> =
        ended.iter().filter_map(|(client, sid)| frame(idp, origin, client, sid)).collect();
    let mut response = match &next {
        // Nobody is to be told by frame, so there is nothing to wait for.
        Some(next) if frames.is_empty() => finish::redirect(next),
        next => page(headers, &frames, next.as_deref()),
    };
    browser::clear_cookie(&mut response, origin, SESSION_COOKIE);
    Ok(response)
}

/// The client that asks, from the identity token or by its id; they must agree. The token may be an expired one.
fn initiator(idp: &Idporten, params: &Params) -> Result<Option<String>, ()> {
    let client_id = params.get("client_id").map(str::to_owned);
    let Some(hint) = params.get("id_token_hint") else { return Ok(client_id) };
    let unverified = Unverified::parse(hint, jose::MAX_TOKEN_BYTES).map_err(drop)?;
    let kid = unverified.header().kid.clone().ok_or(())?;
    let keys = idp.ctx.keys.idporten.set();
    let key = keys.public_keys().find(&kid).ok_or(())?;
    unverified.check_signature(key).map_err(drop)?;
    let text = |name: &str| unverified.claims().get(name).and_then(Value::as_str);
    let audience = text("aud").filter(|_| text("iss") == Some(idp.issuer())).ok_or(())?;
    if client_id.is_some_and(|id| id != audience) { Err(()) } else { Ok(Some(audience.to_owned())) }
}

/// Ends the session; answers the clients that took part, with their session ids.
async fn end(idp: &Idporten, tx: &mut db::Tx, session: uuid::Uuid) -> db::Result<Vec<(Client, String)>> {
    let mut ended = Vec::new();
    for (client_id, sid) in sessions::clients(tx, session).await? {
        if let Some(registered) = clients::get_in(tx, &client_id).await? {
            ended.push((registered.client, sid));
        }
    }
    for (grant, request) in grants::of_session(tx, session).await? {
        if request.scopes.iter().all(|scope| LOGIN_SCOPES.contains(&scope.as_str())) {
            grants::revoke(tx, grant, idp.ctx.clock.now()).await?;
        }
    }
    sessions::end(tx, session).await?;
    audit::put(tx, &Entry::new(Action::LoginClose, idp.ctx.clock.now(), "login", session)).await?;
    Ok(ended)
}

async fn next(idp: &Idporten, client_id: &str, params: &Params) -> db::Result<Option<String>> {
    let Some(uri) = params.get("post_logout_redirect_uri") else { return Ok(None) };
    let registered = clients::get(&idp.ctx.db, client_id).await?;
    if !registered.is_some_and(|r| r.client.allows_post_logout(uri)) {
        return Ok(None);
    }
    let state = params.get("state").filter(|state| state.bytes().all(|b| (0x20..=0x7e).contains(&b)));
    Ok(Some(
        state.map_or_else(|| uri.to_owned(), |state| finish::with_query(uri, &[("state", state.to_owned())])),
    ))
}

fn frame(idp: &Idporten, origin: &Origin, client: &Client, sid: &str) -> Option<String> {
    let registered = client.frontchannel_logout_uri.as_deref()?;
    // Altinn's own address is a path: it lies on this server, by whatever name the browser reached it.
    let uri = if registered.starts_with('/') {
        Idporten::on_platform(origin, registered)
    } else {
        registered.to_owned()
    };
    Some(finish::with_query(&uri, &[("iss", idp.issuer().to_owned()), ("sid", sid.to_owned())]))
}

/// The page, whose security policy lets in exactly the frames it shows.
fn page(headers: &HeaderMap, frames: &[String], next: Option<&str>) -> Response {
    let mut response = httpkit::html(pages::logged_out(browser::language(headers, None), frames, next));
    let origins: Vec<String> = frames.iter().filter_map(|uri| origin_of(uri)).collect();
    if let Some(policy) =
        response.headers().get(header::CONTENT_SECURITY_POLICY).and_then(|p| p.to_str().ok())
    {
        let policy = format!(
            "{policy}; frame-src {}",
            if origins.is_empty() { "'none'".into() } else { origins.join(" ") }
        );
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    response
}
