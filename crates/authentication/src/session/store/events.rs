//! Log of logins and logouts.

use crate::session::domain::method;
use crate::session::domain::session::Session;
use audit::{Action, Actor, Entry};
use db::{Result, Tx, params};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

db::statements! {
    INSERT = "authn.event_insert",
        "INSERT INTO authn_event (id, session_id, external_session_id, created_at, user_id, event_type, method, level)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// What happened, with its number on the wire of the event log.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Authenticate = 1,
    Logout = 4,
}

/// Records it in the event log and the audit log, in the transaction of the change.
pub async fn record(tx: &mut Tx, id: Uuid, kind: Kind, session: &Session, at: Timestamp) -> Result<()> {
    let values = params![
        id,
        session.id,
        session.upstream_sid.as_str(),
        at,
        session.user_id,
        kind as i64,
        method::of_amr(&session.amr).1,
        i64::from(method::level_of_acr(&session.acr))
    ];
    tx.execute(&INSERT, &values).await?;
    let action = match kind {
        Kind::Authenticate => Action::SessionOpen,
        Kind::Logout => Action::SessionClose,
    };
    // Who logs in or out is known by the session, not by the request.
    audit::acting(Actor::person(session.party_uuid));
    let detail = json!({ "provider": session.provider, "level": method::level_of_acr(&session.acr) });
    let entry = Entry::new(action, at, "session", session.id).on_behalf_of(session.party_uuid);
    audit::put(tx, &entry.detail(detail)).await
}
