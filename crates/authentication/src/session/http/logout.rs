//! `GET logout`, also `GET openid/logout`

use crate::session::domain::session::Session;
use crate::session::http::authentication::provider_base;
use crate::session::http::browser::{self, Cookies, SESSION_COOKIE};
use crate::session::store::events::{self, Kind};
use crate::session::store::sessions;
use crate::session::{BASE, Portal};
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use httpkit::{Caller, Origin};
use url::form_urlencoded::Serializer;

/// Ends the session here, then at the provider.
pub async fn get(
    State(portal): State<Portal>,
    origin: Origin,
    caller: Option<Caller>,
    headers: HeaderMap,
) -> Response {
    let ended = match end(&portal, caller.as_ref(), &headers).await {
        Ok(ended) => ended,
        Err(e) => return httpkit::internal(&e),
    };
    let next = match &ended {
        Some(session) => provider_logout(&portal, &origin, session),
        None => browser::start_page(&origin),
    };
    let mut response = browser::redirect(&next);
    Cookies::new(&portal, &origin).close(&mut response);
    response
}

/// Deletes the browser's session, named by its token or by its handle.
async fn end(portal: &Portal, caller: Option<&Caller>, headers: &HeaderMap) -> db::Result<Option<Session>> {
    let by_token =
        caller.filter(|caller| caller.by_cookie()).and_then(|caller| caller.session_id()?.parse().ok());
    let session = match (by_token, browser::cookie(headers, SESSION_COOKIE)) {
        (Some(id), _) => sessions::by_id(&portal.ctx.db, id).await?,
        (None, Some(handle)) => sessions::by_handle(&portal.ctx.db, &portal.handle_digest(&handle)).await?,
        (None, None) => None,
    };
    let Some(session) = session else { return Ok(None) };
    let now = portal.ctx.clock.now();
    let event = portal.ctx.ids.uuid_v7(now);
    db::write_tx!(portal.ctx.db, "authn.logout", |tx| {
        sessions::delete(tx, session.id).await?;
        events::record(tx, event, Kind::Logout, &session, now).await
    })?;
    Ok(Some(session))
}

fn provider_logout(portal: &Portal, origin: &Origin, session: &Session) -> String {
    let back = format!("{}{BASE}/logout/handleloggedout", origin.base());
    let upstream = portal.upstreams.iter().find(|idp| idp.key() == session.provider);
    let Some((upstream, place, logout)) = upstream.and_then(|idp| {
        let place = idp.place();
        let logout = place.logout?;
        Some((idp, place, logout))
    }) else {
        return back;
    };
    let query = Serializer::new(String::new())
        .append_pair("client_id", &place.client_id)
        .append_pair("post_logout_redirect_uri", &back)
        .finish();
    format!("{}{logout}?{query}", provider_base(origin, upstream.as_ref()))
}
