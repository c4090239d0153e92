//! `GET refresh`: the same token with a new period of validity.

use crate::session::Portal;
use crate::session::domain::token;
use crate::session::http::browser::{self, Query};
use crate::session::store::sessions;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use httpkit::{Caller, IssuerKind, negotiated_string, problem};
use ports::register::PartyRef;
use serde_json::json;
use uuid::Uuid;

/// Slides the session of a portal token; exchanged and test tokens have none.
pub async fn get(
    State(portal): State<Portal>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let answer = match refresh(&portal, &caller, &query).await {
        Ok(token) => negotiated_string(&headers, StatusCode::OK, &token),
        Err(refused) => refused,
    };
    browser::not_stored(answer)
}

async fn refresh(portal: &Portal, caller: &Caller, query: &Query) -> Result<String, Response> {
    let internal = |e: db::Error| httpkit::internal(&e);
    if caller.issuer != IssuerKind::Altinn {
        return Err(problem::empty(StatusCode::UNAUTHORIZED));
    }
    let now = portal.ctx.clock.now();
    if let Some(id) = portal_session(caller) {
        let open =
            sessions::by_id(&portal.ctx.db, id).await.map_err(internal)?.is_some_and(|s| s.is_live(now));
        if !open {
            return Err(problem::empty(StatusCode::UNAUTHORIZED));
        }
        db::write_tx!(portal.ctx.db, "authn.refresh", |tx| { sessions::touch(tx, id, now).await })
            .map_err(internal)?;
    }
    let Some(mut claims) = token::renewed((*caller.claims).clone(), now) else {
        return Err(problem::empty(StatusCode::UNAUTHORIZED));
    };
    let enrich = query.get("enrichpid").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if let Some(uuid) = caller.party_uuid().filter(|_| enrich) {
        let party = portal.register.party(&PartyRef::Uuid(uuid)).await.map_err(internal)?;
        if let Some(pid) = party.and_then(|party| party.pid) {
            claims.insert("pid".to_owned(), json!(pid));
        }
    }
    portal.ctx.keys.altinn.sign(&claims).map_err(|e| httpkit::internal(&e))
}

/// Session of a token that the portal issued: it has a `sid`, and its scope, if it has one, is the portal's.
fn portal_session(caller: &Caller) -> Option<Uuid> {
    let portal_scope = caller.text("scope").is_none() || caller.has_scope("altinn:portal/enduser");
    let test_token = caller.text("actual_iss").is_some();
    caller.session_id().filter(|_| portal_scope && !test_token)?.parse().ok()
}
