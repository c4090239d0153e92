//! Logins that are under way at a provider.

use db::{Result, Tx, params};
use jiff::Timestamp;

db::statements! {
    INSERT = "authn.login_insert",
        "INSERT INTO authn_login (state_hash, browser_hash, provider, nonce, verifier, redirect_uri, goto, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    GET = "authn.login_get",
        "SELECT browser_hash, provider, nonce, verifier, redirect_uri, goto, expires_at, used_at
         FROM authn_login WHERE state_hash = $1";
    USE = "authn.login_use",
        "UPDATE authn_login SET used_at = $2 WHERE state_hash = $1 AND used_at IS NULL";
    PURGE = "authn.login_purge", Heavy, "DELETE FROM authn_login WHERE expires_at < $1";
}

/// A login under way.
#[derive(Debug, Clone)]
pub struct Login {
    pub browser_hash: String,
    pub provider: String,
    pub nonce: String,
    pub verifier: String,
    pub redirect_uri: String,
    pub goto: String,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// Stores it under its state.
pub async fn insert(tx: &mut Tx, state_hash: &str, login: &Login) -> Result<()> {
    let values = params![
        state_hash,
        login.browser_hash.as_str(),
        login.provider.as_str(),
        login.nonce.as_str(),
        login.verifier.as_str(),
        login.redirect_uri.as_str(),
        login.goto.as_str(),
        login.expires_at
    ];
    tx.execute(&INSERT, &values).await?;
    Ok(())
}

/// The login of a state, used or not.
pub async fn get(tx: &mut Tx, state_hash: &str) -> Result<Option<Login>> {
    let Some(row) = tx.query_opt(&GET, &params![state_hash]).await? else { return Ok(None) };
    Ok(Some(Login {
        browser_hash: row.get(0)?,
        provider: row.get(1)?,
        nonce: row.get(2)?,
        verifier: row.get(3)?,
        redirect_uri: row.get(4)?,
        goto: row.get(5)?,
        expires_at: row.get(6)?,
        used_at: row.get(7)?,
    }))
}

/// Marks it as used; false when somebody was first.
pub async fn use_up(tx: &mut Tx, state_hash: &str, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&USE, &params![state_hash, now]).await? == 1)
}

/// Deletes logins that nobody finished.
pub async fn purge(tx: &mut Tx, before: Timestamp) -> Result<()> {
    tx.execute(&PURGE, &params![before]).await?;
    Ok(())
}
