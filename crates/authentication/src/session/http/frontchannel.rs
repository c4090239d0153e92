//! Logout that is told by frames.

use crate::session::Portal;
use crate::session::http::browser::{self, Cookies, Query};
use crate::session::store::events::{self, Kind};
use crate::session::store::sessions;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use httpkit::{Origin, RUNTIME_COOKIE, problem};

/// `GET upstream/frontchannel-logout`: the provider's session has ended, so every session that came of it ends.
pub async fn upstream(State(portal): State<Portal>, RawQuery(query): RawQuery) -> Response {
    let query = Query::parse(query.as_deref());
    let upstream = portal.upstreams.iter().find(|idp| query.get("iss") == Some(idp.issuer().as_str()));
    if let (Some(upstream), Some(sid)) = (upstream, query.get("sid"))
        && let Err(e) = end(&portal, upstream.key(), sid).await
    {
        return httpkit::internal(&e);
    }
    browser::not_stored(problem::text(StatusCode::OK, "OK"))
}

async fn end(portal: &Portal, provider: &str, sid: &str) -> db::Result<()> {
    let now = portal.ctx.clock.now();
    db::write_tx!(portal.ctx.db, "authn.frontchannel", |tx| {
        for session in sessions::by_upstream(tx, provider, sid).await? {
            sessions::delete(tx, session.id).await?;
            let event = portal.ctx.ids.uuid_v7(now);
            events::record(tx, event, Kind::Logout, &session, now).await?;
        }
        Ok(())
    })
}

/// `GET frontchannel_logout`: removes the browser's cookie.
pub async fn cookie(State(portal): State<Portal>, origin: Origin) -> Response {
    let mut response = browser::not_stored(problem::empty(StatusCode::OK));
    Cookies::new(&portal, &origin).clear(&mut response, RUNTIME_COOKIE);
    response
}
