//! What a login gave a client: the code, then the tokens.

use super::{decode, encode};
use crate::domain::authorize::Request;
use db::{Db, Result, Row, Tx, params};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    INSERT = "idporten.grant_insert",
        "INSERT INTO idporten_grant (id, code_hash, client_id, session_id, request, pid, acr, amr, locale, sid, auth_time,
             code_expires_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    BY_CODE = "idporten.grant_by_code",
        "SELECT id, client_id, session_id, request, pid, acr, amr, locale, sid, auth_time, code_expires_at, code_used_at,
             expires_at, revoked_at
         FROM idporten_grant WHERE code_hash = $1";
    BY_TOKEN = "idporten.grant_by_token",
        "SELECT g.id, g.client_id, g.session_id, g.request, g.pid, g.acr, g.amr, g.locale, g.sid, g.auth_time,
             g.code_expires_at, g.code_used_at, g.expires_at, g.revoked_at, t.kind, t.expires_at, t.used_at
         FROM idporten_token t JOIN idporten_grant g ON g.id = t.grant_id WHERE t.token_hash = $1";
    USE_CODE = "idporten.grant_use_code",
        "UPDATE idporten_grant SET code_used_at = $2 WHERE id = $1 AND code_used_at IS NULL";
    REVOKE = "idporten.grant_revoke",
        "UPDATE idporten_grant SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    OF_SESSION = "idporten.grant_of_session",
        "SELECT id, request FROM idporten_grant WHERE session_id = $1 AND revoked_at IS NULL";
    TOKEN_INSERT = "idporten.token_insert",
        "INSERT INTO idporten_token (token_hash, grant_id, kind, expires_at) VALUES ($1, $2, $3, $4)";
    TOKEN_USE = "idporten.token_use",
        "UPDATE idporten_token SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
}

/// A grant as stored.
#[derive(Debug, Clone)]
pub struct Grant {
    pub id: Uuid,
    pub client_id: String,
    pub session_id: Option<Uuid>,
    pub request: Request,
    pub pid: String,
    pub acr: String,
    pub amr: String,
    pub locale: String,
    pub sid: String,
    pub auth_time: Timestamp,
    pub code_expires_at: Timestamp,
    pub code_used_at: Option<Timestamp>,
    /// Absolute end of refreshing.
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

/// Kind of a stored token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Access = 1,
    Refresh = 2,
}

/// A token with its grant.
#[derive(Debug, Clone)]
pub struct Token {
    pub grant: Grant,
    pub kind: Kind,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

impl Token {
    /// Neither expired, used nor revoked.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at > now && self.used_at.is_none() && self.grant.revoked_at.is_none()
    }
}

fn grant(row: &Row) -> Result<Grant> {
    Ok(Grant {
        id: row.get(0)?,
        client_id: row.get(1)?,
        session_id: row.get(2)?,
        request: decode(row, 3)?,
        pid: row.get(4)?,
        acr: row.get(5)?,
        amr: row.get(6)?,
        locale: row.get(7)?,
        sid: row.get(8)?,
        auth_time: row.get(9)?,
        code_expires_at: row.get(10)?,
        code_used_at: row.get(11)?,
        expires_at: row.get(12)?,
        revoked_at: row.get(13)?,
    })
}

fn token(row: &Row) -> Result<Token> {
    let kind: i64 = row.get(14)?;
    Ok(Token {
        grant: grant(row)?,
        kind: if kind == Kind::Access as i64 { Kind::Access } else { Kind::Refresh },
        expires_at: row.get(15)?,
        used_at: row.get(16)?,
    })
}

/// Stores a new grant under its code.
pub async fn insert(tx: &mut Tx, code_hash: &str, grant: &Grant) -> Result<()> {
    let values = params![
        grant.id,
        code_hash,
        grant.client_id.as_str(),
        grant.session_id,
        encode(&grant.request)?,
        grant.pid.as_str(),
        grant.acr.as_str(),
        grant.amr.as_str(),
        grant.locale.as_str(),
        grant.sid.as_str(),
        grant.auth_time,
        grant.code_expires_at,
        grant.expires_at
    ];
    tx.execute(&INSERT, &values).await?;
    Ok(())
}

/// The grant of a code, used or not.
pub async fn by_code(tx: &mut Tx, code_hash: &str) -> Result<Option<Grant>> {
    tx.query_opt(&BY_CODE, &params![code_hash]).await?.map(|row| grant(&row)).transpose()
}

/// The grant of a token.
pub async fn by_token(db: &Db, token_hash: &str) -> Result<Option<Token>> {
    db.query_opt(&BY_TOKEN, &params![token_hash]).await?.map(|row| token(&row)).transpose()
}

/// The grant of a token, within a transaction.
pub async fn by_token_in(tx: &mut Tx, token_hash: &str) -> Result<Option<Token>> {
    tx.query_opt(&BY_TOKEN, &params![token_hash]).await?.map(|row| token(&row)).transpose()
}

/// Marks the code as used; false when somebody was first.
pub async fn use_code(tx: &mut Tx, grant: Uuid, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&USE_CODE, &params![grant, now]).await? == 1)
}

/// Kills every token of the grant.
pub async fn revoke(tx: &mut Tx, grant: Uuid, now: Timestamp) -> Result<()> {
    tx.execute(&REVOKE, &params![grant, now]).await?;
    Ok(())
}

/// Live grants of a session, with what they were given for.
pub async fn of_session(tx: &mut Tx, session: Uuid) -> Result<Vec<(Uuid, Request)>> {
    let rows = tx.query(&OF_SESSION, &params![session]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, decode(row, 1)?))).collect()
}

/// Stores a token's digest.
pub async fn put_token(
    tx: &mut Tx,
    token_hash: &str,
    grant: Uuid,
    kind: Kind,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(&TOKEN_INSERT, &params![token_hash, grant, kind as i64, expires_at]).await?;
    Ok(())
}

/// Marks a refresh token as used; false when somebody was first.
pub async fn use_token(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&TOKEN_USE, &params![token_hash, now]).await? == 1)
}
