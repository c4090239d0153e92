//! Client assertions that have been used.

use db::{Result, Tx, params};
use jiff::Timestamp;

db::statements! {
    REMEMBER = "idporten.assertion_put",
        "INSERT INTO idporten_assertion (client_id, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT (client_id, jti) DO NOTHING";
}

/// Remembers an assertion; false when it has been seen before.
pub async fn remember(tx: &mut Tx, client_id: &str, jti: &str, expires_at: Timestamp) -> Result<bool> {
    Ok(tx.execute(&REMEMBER, &params![client_id, jti, expires_at]).await? == 1)
}
