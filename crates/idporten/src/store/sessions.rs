//! The browser's login session and the clients that took part in it.

use crate::domain::acr::Acr;
use crate::domain::session::Login;
use db::{Db, Result, Row, Tx, params};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    FIND = "idporten.session_find",
        "SELECT s.id, s.pid, l.acr, l.amr, l.auth_time, s.last_used
         FROM idporten_session s JOIN idporten_session_login l ON l.session_id = s.id
         WHERE s.handle_hash = $1 AND l.isolation = $2";
    BY_HANDLE = "idporten.session_by_handle",
        "SELECT id, pid FROM idporten_session WHERE handle_hash = $1";
    INSERT = "idporten.session_insert",
        "INSERT INTO idporten_session (id, handle_hash, pid, last_used) VALUES ($1, $2, $3, $4)";
    ROTATE = "idporten.session_rotate",
        "UPDATE idporten_session SET handle_hash = $2, last_used = $3 WHERE id = $1";
    TOUCH = "idporten.session_touch",
        "UPDATE idporten_session SET last_used = $2 WHERE id = $1";
    LOGIN_PUT = "idporten.session_login_put",
        "INSERT INTO idporten_session_login (session_id, isolation, acr, amr, auth_time) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (session_id, isolation) DO UPDATE SET acr = excluded.acr, amr = excluded.amr, auth_time = excluded.auth_time";
    JOIN = "idporten.session_join",
        "INSERT INTO idporten_session_client (session_id, client_id, sid) VALUES ($1, $2, $3)
         ON CONFLICT (session_id, client_id) DO UPDATE SET sid = idporten_session_client.sid RETURNING sid";
    CLIENTS = "idporten.session_clients",
        "SELECT client_id, sid FROM idporten_session_client WHERE session_id = $1 ORDER BY client_id";
    END = "idporten.session_end",
        "DELETE FROM idporten_session WHERE id = $1";
}

/// Isolation of the login that ordinary clients share.
pub const SHARED: &str = "";

/// The browser's login as a client with this isolation may see it; it may have run out.
pub async fn find(db: &Db, handle_hash: &str, isolation: &str) -> Result<Option<Login>> {
    db.query_opt(&FIND, &params![handle_hash, isolation]).await?.map(|row| login(&row)).transpose()
}

fn login(row: &Row) -> Result<Login> {
    let acr: String = row.get(2)?;
    Ok(Login {
        session_id: row.get(0)?,
        pid: row.get(1)?,
        acr: Acr::parse(&acr).unwrap_or(Acr::Low),
        amr: row.get(3)?,
        auth_time: row.get(4)?,
        last_used: row.get(5)?,
    })
}

/// The session behind a browser's handle: id and person.
pub async fn by_handle(tx: &mut Tx, handle_hash: &str) -> Result<Option<(Uuid, String)>> {
    let row = tx.query_opt(&BY_HANDLE, &params![handle_hash]).await?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Opens a session.
pub async fn insert(tx: &mut Tx, id: Uuid, handle_hash: &str, pid: &str, now: Timestamp) -> Result<()> {
    tx.execute(&INSERT, &params![id, handle_hash, pid, now]).await?;
    Ok(())
}

/// Gives a session a new handle, after a new login.
pub async fn rotate(tx: &mut Tx, id: Uuid, handle_hash: &str, now: Timestamp) -> Result<()> {
    tx.execute(&ROTATE, &params![id, handle_hash, now]).await?;
    Ok(())
}

/// Marks a session as used.
pub async fn touch(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<()> {
    tx.execute(&TOUCH, &params![id, now]).await?;
    Ok(())
}

/// Records a login in the session.
pub async fn put_login(tx: &mut Tx, isolation: &str, login: &Login) -> Result<()> {
    let values =
        params![login.session_id, isolation, login.acr.as_str(), login.amr.as_str(), login.auth_time];
    tx.execute(&LOGIN_PUT, &values).await?;
    Ok(())
}

/// Adds a client; answers the client's session id, which stays the same while the session lasts.
pub async fn join(tx: &mut Tx, session: Uuid, client_id: &str, sid: &str) -> Result<String> {
    match tx.query_opt(&JOIN, &params![session, client_id, sid]).await? {
        Some(row) => row.get(0),
        None => Ok(sid.to_owned()),
    }
}

/// Clients of the session with their session ids.
pub async fn clients(tx: &mut Tx, session: Uuid) -> Result<Vec<(String, String)>> {
    tx.query(&CLIENTS, &params![session]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Ends the session.
pub async fn end(tx: &mut Tx, session: Uuid) -> Result<()> {
    tx.execute(&END, &params![session]).await?;
    Ok(())
}
