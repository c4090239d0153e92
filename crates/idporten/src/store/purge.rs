//! Rows that have had their time.

use crate::domain::session;
use db::{Result, Tx, params};
use jiff::Timestamp;

db::statements! {
    PUSHED = "idporten.purge_pushed", Heavy, "DELETE FROM idporten_pushed_request WHERE expires_at < $1";
    LOGINS = "idporten.purge_logins", Heavy, "DELETE FROM idporten_login WHERE expires_at < $1";
    SESSIONS = "idporten.purge_sessions", Heavy, "DELETE FROM idporten_session WHERE last_used < $1";
    GRANTS = "idporten.purge_grants", Heavy, "DELETE FROM idporten_grant WHERE expires_at < $1";
    ASSERTIONS = "idporten.purge_assertions", Heavy, "DELETE FROM idporten_assertion WHERE expires_at < $1";
    MOCK_CODES = "mockporten.purge_codes", Heavy, "DELETE FROM mockporten_code WHERE expires_at < $1";
    MOCK_PUSHED = "mockporten.purge_pushed", Heavy, "DELETE FROM mockporten_pushed_request WHERE expires_at < $1";
}

/// Deletes what has run out.
pub async fn run(tx: &mut Tx, now: Timestamp) -> Result<()> {
    for statement in [&PUSHED, &LOGINS, &GRANTS, &ASSERTIONS, &MOCK_CODES, &MOCK_PUSHED] {
        tx.execute(statement, &params![now]).await?;
    }
    tx.execute(&SESSIONS, &params![now - session::IDLE]).await?;
    Ok(())
}
