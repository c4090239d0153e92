//! Codes and pushed requests of mockporten.

use super::{decode, encode};
use crate::mockporten::Request;
use db::{Db, Result, Tx, params};
use jiff::Timestamp;

db::statements! {
    CODE_PUT = "mockporten.code_put",
        "INSERT INTO mockporten_code (code_hash, request, pid, auth_time, expires_at) VALUES ($1, $2, $3, $4, $5)";
    CODE_TAKE = "mockporten.code_take",
        "DELETE FROM mockporten_code WHERE code_hash = $1 AND expires_at > $2 RETURNING request, pid, auth_time";
    PUSH = "mockporten.pushed_put",
        "INSERT INTO mockporten_pushed_request (handle_hash, request, expires_at) VALUES ($1, $2, $3)";
    PUSHED = "mockporten.pushed_get",
        "SELECT request FROM mockporten_pushed_request WHERE handle_hash = $1 AND expires_at > $2";
}

/// What a code stands for.
pub struct Code {
    pub request: Request,
    pub pid: String,
    pub auth_time: Timestamp,
}

/// Stores a code.
pub async fn put_code(tx: &mut Tx, code_hash: &str, code: &Code, expires_at: Timestamp) -> Result<()> {
    let values = params![code_hash, encode(&code.request)?, code.pid.as_str(), code.auth_time, expires_at];
    tx.execute(&CODE_PUT, &values).await?;
    Ok(())
}

/// Takes a code, once and in time.
pub async fn take_code(tx: &mut Tx, code_hash: &str, now: Timestamp) -> Result<Option<Code>> {
    let row = tx.query_opt(&CODE_TAKE, &params![code_hash, now]).await?;
    row.map(|row| Ok(Code { request: decode(&row, 0)?, pid: row.get(1)?, auth_time: row.get(2)? }))
        .transpose()
}

/// Stores a pushed request.
pub async fn push(tx: &mut Tx, handle_hash: &str, request: &Request, expires_at: Timestamp) -> Result<()> {
    tx.execute(&PUSH, &params![handle_hash, encode(request)?, expires_at]).await?;
    Ok(())
}

/// A pushed request.
pub async fn pushed(db: &Db, handle_hash: &str, now: Timestamp) -> Result<Option<Request>> {
    let row = db.query_opt(&PUSHED, &params![handle_hash, now]).await?;
    row.map(|row| decode(&row, 0)).transpose()
}
