//! Used grants and the log of issued tokens.

use db::{Db, Tx, params};
use jiff::Timestamp;
use kernel::OrgNo;
use uuid::Uuid;

db::statements! {
    /// Has the grant given a token already.
    GRANT_USED = "maskinporten.grant_used",
        "SELECT 1 FROM maskinporten_used_grant WHERE client_id = $1 AND digest = $2";
    /// Uses a grant; no row when it has been used.
    GRANT_USE = "maskinporten.grant_use",
        "INSERT INTO maskinporten_used_grant (client_id, digest, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    /// Logs an issued token.
    TOKEN_LOG = "maskinporten.token_log",
        "INSERT INTO maskinporten_issued_token (jti, client_id, kid, consumer_org_no, scope, system_user, issued_at, \
         expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Forgets grants that have expired anyway.
    GRANT_PURGE = "maskinporten.grant_purge", Heavy, "DELETE FROM maskinporten_used_grant WHERE expires_at < $1";
    /// Forgets old tokens.
    TOKEN_PURGE = "maskinporten.token_purge", Heavy, "DELETE FROM maskinporten_issued_token WHERE issued_at < $1";
}

/// A token as it is logged. It holds no identity number and nothing by which the token could be made again.
pub struct Issued<'a> {
    pub jti: &'a str,
    pub client_id: &'a str,
    pub kid: &'a str,
    pub consumer: OrgNo,
    pub scope: &'a str,
    pub system_user: Option<Uuid>,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Has the grant given a token already.
pub async fn is_used(db: &Db, client_id: &str, digest: &str) -> db::Result<bool> {
    Ok(db.query_opt(&GRANT_USED, &params![client_id, digest]).await?.is_some())
}

/// Uses the grant; `false` when another request was first.
pub async fn use_once(tx: &mut Tx, client_id: &str, digest: &str, expires_at: Timestamp) -> db::Result<bool> {
    Ok(tx.execute(&GRANT_USE, &params![client_id, digest, expires_at]).await? == 1)
}

/// Logs an issued token.
pub async fn log(tx: &mut Tx, token: &Issued<'_>) -> db::Result<()> {
    let consumer = token.consumer.as_str();
    let params = params![
        token.jti,
        token.client_id,
        token.kid,
        consumer,
        token.scope,
        token.system_user,
        token.issued_at,
        token.expires_at
    ];
    tx.execute(&TOKEN_LOG, &params).await.map(|_| ())
}

/// Forgets what is no longer of use.
pub async fn purge(tx: &mut Tx, now: Timestamp, tokens_before: Timestamp) -> db::Result<()> {
    tx.execute(&GRANT_PURGE, &params![now]).await?;
    tx.execute(&TOKEN_PURGE, &params![tokens_before]).await.map(|_| ())
}
