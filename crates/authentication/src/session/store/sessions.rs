//! Portal sessions.

use crate::session::domain::session::Session;
use db::{Db, Result, Row, Tx, params};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    INSERT = "authn.session_insert",
        "INSERT INTO authn_session (id, handle_hash, party_uuid, party_id, user_id, user_name, provider, upstream_sid, acr, amr,
             auth_time, created_at, last_used)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    BY_ID = "authn.session_by_id",
        "SELECT id, party_uuid, party_id, user_id, user_name, provider, upstream_sid, acr, amr, auth_time, created_at, last_used
         FROM authn_session WHERE id = $1";
    BY_HANDLE = "authn.session_by_handle",
        "SELECT id, party_uuid, party_id, user_id, user_name, provider, upstream_sid, acr, amr, auth_time, created_at, last_used
         FROM authn_session WHERE handle_hash = $1";
    BY_UPSTREAM = "authn.session_by_upstream",
        "SELECT id, party_uuid, party_id, user_id, user_name, provider, upstream_sid, acr, amr, auth_time, created_at, last_used
         FROM authn_session WHERE provider = $1 AND upstream_sid = $2";
    TOUCH = "authn.session_touch", "UPDATE authn_session SET last_used = $2 WHERE id = $1";
    DELETE = "authn.session_delete", "DELETE FROM authn_session WHERE id = $1";
    PURGE_IDLE = "authn.session_purge_idle", Heavy, "DELETE FROM authn_session WHERE last_used < $1";
    PURGE_OLD = "authn.session_purge_old", Heavy, "DELETE FROM authn_session WHERE created_at < $1";
}

fn session(row: &Row) -> Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        party_uuid: row.get(1)?,
        party_id: row.get(2)?,
        user_id: row.get(3)?,
        user_name: row.get(4)?,
        provider: row.get(5)?,
        upstream_sid: row.get(6)?,
        acr: row.get(7)?,
        amr: row.get(8)?,
        auth_time: row.get(9)?,
        created_at: row.get(10)?,
        last_used: row.get(11)?,
    })
}

/// Opens a session.
pub async fn insert(tx: &mut Tx, handle_hash: &str, s: &Session) -> Result<()> {
    let values = params![
        s.id,
        handle_hash,
        s.party_uuid,
        s.party_id,
        s.user_id,
        s.user_name.as_str(),
        s.provider.as_str(),
        s.upstream_sid.as_str(),
        s.acr.as_str(),
        s.amr.as_str(),
        s.auth_time,
        s.created_at,
        s.last_used
    ];
    tx.execute(&INSERT, &values).await?;
    Ok(())
}

/// By id, open or run out.
pub async fn by_id(db: &Db, id: Uuid) -> Result<Option<Session>> {
    db.query_opt(&BY_ID, &params![id]).await?.map(|row| session(&row)).transpose()
}

/// By the browser's handle, open or run out.
pub async fn by_handle(db: &Db, handle_hash: &str) -> Result<Option<Session>> {
    db.query_opt(&BY_HANDLE, &params![handle_hash]).await?.map(|row| session(&row)).transpose()
}

/// By the browser's handle, within a transaction.
pub async fn by_handle_in(tx: &mut Tx, handle_hash: &str) -> Result<Option<Session>> {
    tx.query_opt(&BY_HANDLE, &params![handle_hash]).await?.map(|row| session(&row)).transpose()
}

/// Sessions that came of one session at the provider.
pub async fn by_upstream(tx: &mut Tx, provider: &str, upstream_sid: &str) -> Result<Vec<Session>> {
    tx.query(&BY_UPSTREAM, &params![provider, upstream_sid]).await?.iter().map(session).collect()
}

/// Marks a session as used.
pub async fn touch(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<()> {
    tx.execute(&TOUCH, &params![id, now]).await?;
    Ok(())
}

/// Ends a session.
pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<()> {
    tx.execute(&DELETE, &params![id]).await?;
    Ok(())
}

/// Deletes sessions that have run out.
pub async fn purge(tx: &mut Tx, idle_since: Timestamp, made_before: Timestamp) -> Result<()> {
    tx.execute(&PURGE_IDLE, &params![idle_since]).await?;
    tx.execute(&PURGE_OLD, &params![made_before]).await?;
    Ok(())
}
