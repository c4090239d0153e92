//! `GET upstream/callback`: the person comes back from the provider.

use crate::session::domain::session::Session;
use crate::session::http::browser::{self, Cookies, GOTO_COOKIE, LOGIN_COOKIE, Query, SESSION_COOKIE};
use crate::session::store::events::{self, Kind};
use crate::session::store::logins::{self, Login};
use crate::session::store::sessions;
use crate::session::{MOCKPORTEN, Portal};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use httpkit::{Origin, problem};
use kernel::Pid;
use ports::idporten::{Redemption, UpstreamLogin};
use ports::register::{Party, PartyRef};

/// Opens the session and leads to where the person was going.
pub async fn get(
    State(portal): State<Portal>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let answer = come_back(&portal, &origin, &headers, &query).await.unwrap_or_else(|refused| refused);
    browser::not_stored(answer)
}

async fn come_back(
    portal: &Portal,
    origin: &Origin,
    headers: &HeaderMap,
    query: &Query,
) -> Result<Response, Response> {
    let login = take_login(portal, headers, query).await?;
    if query.get("error").is_some() {
        return Ok(browser::redirect(&browser::start_page(origin)));
    }
    let Some(code) = query.get("code") else {
        return Err(bad("The answer of the login provider has no code."));
    };
    let who = redeem(portal, query, &login, code).await?;
    let party = person(portal, &login, &who).await?;
    let session = new_session(portal, &login, who, &party)
        .ok_or_else(|| problem::text(StatusCode::INTERNAL_SERVER_ERROR, "The person has no user."))?;
    let handle = portal.ctx.ids.token(32);
    store(portal, headers, &session, &handle).await.map_err(|e| httpkit::internal(&e))?;
    let mut response = browser::redirect(&login.goto);
    let cookies = Cookies::new(portal, origin);
    cookies.open(&mut response, &session, Some(&handle)).map_err(|e| httpkit::internal(&e))?;
    cookies.clear(&mut response, GOTO_COOKIE);
    Ok(response)
}

fn bad(text: &str) -> Response {
    problem::text(StatusCode::BAD_REQUEST, text)
}

/// The login under way, which this call uses up.
async fn take_login(portal: &Portal, headers: &HeaderMap, query: &Query) -> Result<Login, Response> {
    let internal = |e: db::Error| httpkit::internal(&e);
    let Some(state) = query.get("state") else { return Err(bad("The parameter state is missing.")) };
    let (digest, now) = (portal.state_digest(state), portal.ctx.clock.now());
    let mut tx = portal.ctx.db.begin("authn.callback").await.map_err(internal)?;
    let login = logins::get(&mut tx, &digest).await.map_err(internal)?;
    let login = login.filter(|login| login.used_at.is_none() && login.expires_at > now);
    let Some(login) = login else { return Err(bad("The login is unknown, finished or has expired.")) };
    // Without the cookie somebody else's login could be slipped to this browser.
    let browser = browser::cookie(headers, LOGIN_COOKIE).unwrap_or_default();
    if portal.browser_digest(&browser) != login.browser_hash {
        return Err(bad("The login was started in another browser."));
    }
    if !logins::use_up(&mut tx, &digest, now).await.map_err(internal)? {
        return Err(problem::text(StatusCode::CONFLICT, "The login is being finished by another request."));
    }
    tx.commit().await.map_err(internal)?;
    Ok(login)
}

async fn redeem(
    portal: &Portal,
    query: &Query,
    login: &Login,
    code: &str,
) -> Result<UpstreamLogin, Response> {
    let Some(upstream) = portal.upstreams.iter().find(|idp| idp.key() == login.provider) else {
        return Err(bad("The login provider is not known."));
    };
    // RFC 9207: the answer must come from the provider that was asked; a provider that never says so is left in peace.
    if query.get("iss").is_some_and(|iss| iss != upstream.issuer()) {
        return Err(bad("The answer comes from another login provider."));
    }
    let redemption = Redemption {
        code: code.to_owned(),
        verifier: login.verifier.clone(),
        redirect_uri: login.redirect_uri.clone(),
    };
    let who = upstream.redeem(&redemption).await.map_err(|e| httpkit::internal(&e))?;
    who.filter(|who| who.nonce.as_deref() == Some(&login.nonce))
        .ok_or_else(|| bad("The login could not be completed."))
}

/// The person in the register.
async fn person(portal: &Portal, login: &Login, who: &UpstreamLogin) -> Result<Party, Response> {
    let synthetic = Pid::parse_digits(&who.pid).is_ok_and(|pid| pid.is_synthetic());
    if login.provider == MOCKPORTEN && !synthetic {
        return Err(bad("Only synthetic people log in through mockporten."));
    }
    let found = portal.register.party(&PartyRef::Pid(who.pid.clone())).await;
    found
        .map_err(|e| httpkit::internal(&e))?
        .ok_or_else(|| problem::text(StatusCode::INTERNAL_SERVER_ERROR, "The person is not in the register."))
}

fn new_session(portal: &Portal, login: &Login, who: UpstreamLogin, party: &Party) -> Option<Session> {
    let now = portal.ctx.clock.now();
    Some(Session {
        id: portal.ctx.ids.uuid(),
        party_uuid: party.uuid,
        party_id: party.id,
        user_id: party.user_id?,
        user_name: party.user_name.clone().unwrap_or_default(),
        provider: login.provider.clone(),
        upstream_sid: who.sid,
        acr: who.acr,
        amr: who.amr,
        auth_time: who.auth_time,
        created_at: now,
        last_used: now,
    })
}

/// Stores the new session; the one that the browser had ends.
async fn store(portal: &Portal, headers: &HeaderMap, session: &Session, handle: &str) -> db::Result<()> {
    let old = browser::cookie(headers, SESSION_COOKIE).map(|old| portal.handle_digest(&old));
    let (digest, event) = (portal.handle_digest(handle), portal.ctx.ids.uuid_v7(session.created_at));
    db::write_tx!(portal.ctx.db, "authn.open_session", |tx| {
        if let Some(old) = &old
            && let Some(old) = sessions::by_handle_in(tx, old).await?
        {
            sessions::delete(tx, old.id).await?;
        }
        sessions::insert(tx, &digest, session).await?;
        events::record(tx, event, Kind::Authenticate, session, session.created_at).await
    })
}
