//! Requests that wait: pushed ones for their browser, started logins for their person.

use super::{decode, encode};
use crate::domain::authorize::Request;
use db::{Db, Result, Tx, params};
use jiff::Timestamp;

db::statements! {
    PUSH = "idporten.pushed_put",
        "INSERT INTO idporten_pushed_request (handle_hash, client_id, request, expires_at) VALUES ($1, $2, $3, $4)";
    TAKE_PUSHED = "idporten.pushed_take",
        "DELETE FROM idporten_pushed_request WHERE handle_hash = $1 AND client_id = $2 AND expires_at > $3 RETURNING request";
    LOGIN_PUT = "idporten.login_put",
        "INSERT INTO idporten_login (handle_hash, browser_hash, request, expires_at) VALUES ($1, $2, $3, $4)";
    LOGIN_GET = "idporten.login_get",
        "SELECT request FROM idporten_login WHERE handle_hash = $1 AND browser_hash = $2 AND expires_at > $3";
    LOGIN_TAKE = "idporten.login_take",
        "DELETE FROM idporten_login WHERE handle_hash = $1 AND browser_hash = $2 AND expires_at > $3 RETURNING request";
}

/// Stores a pushed request.
pub async fn push(tx: &mut Tx, handle_hash: &str, request: &Request, expires_at: Timestamp) -> Result<()> {
    let values = params![handle_hash, request.client_id.as_str(), encode(request)?, expires_at];
    tx.execute(&PUSH, &values).await?;
    Ok(())
}

/// Takes a pushed request; it can be taken once, by its own client, in time.
pub async fn take_pushed(
    tx: &mut Tx,
    handle_hash: &str,
    client_id: &str,
    now: Timestamp,
) -> Result<Option<Request>> {
    let row = tx.query_opt(&TAKE_PUSHED, &params![handle_hash, client_id, now]).await?;
    row.map(|row| decode(&row, 0)).transpose()
}

/// Starts a login that belongs to one browser.
pub async fn start_login(
    tx: &mut Tx,
    handle_hash: &str,
    browser_hash: &str,
    request: &Request,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(&LOGIN_PUT, &params![handle_hash, browser_hash, encode(request)?, expires_at]).await?;
    Ok(())
}

/// The login under way, if it is this browser's.
pub async fn login(
    db: &Db,
    handle_hash: &str,
    browser_hash: &str,
    now: Timestamp,
) -> Result<Option<Request>> {
    let row = db.query_opt(&LOGIN_GET, &params![handle_hash, browser_hash, now]).await?;
    row.map(|row| decode(&row, 0)).transpose()
}

/// Ends the login under way; only one of two racing answers gets it.
pub async fn take_login(
    tx: &mut Tx,
    handle_hash: &str,
    browser_hash: &str,
    now: Timestamp,
) -> Result<Option<Request>> {
    let row = tx.query_opt(&LOGIN_TAKE, &params![handle_hash, browser_hash, now]).await?;
    row.map(|row| decode(&row, 0)).transpose()
}
