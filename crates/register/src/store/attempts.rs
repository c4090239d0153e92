//! Failed look-ups of persons by number and name.

use db::{Result, Tx, params};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    COUNT = "register.failed_lookup_count", "SELECT count(*), max(at) FROM failed_lookup WHERE caller = $1 AND at > $2";
    ADD = "register.failed_lookup_add", "INSERT INTO failed_lookup (caller, at) VALUES ($1, $2)";
    FORGET = "register.failed_lookup_forget", "DELETE FROM failed_lookup WHERE caller = $1 AND at <= $2";
}

/// How many failures the caller has had after `since`, within this transaction.
pub async fn count(tx: &mut Tx, caller: Uuid, since: Timestamp) -> Result<i64> {
    tx.query_one(&COUNT, &params![caller, since]).await?.get(0)
}

/// Notes a failure and forgets those that no longer count.
pub async fn add(tx: &mut Tx, caller: Uuid, at: Timestamp, forget_until: Timestamp) -> Result<()> {
    tx.execute(&FORGET, &params![caller, forget_until]).await?;
    tx.execute(&ADD, &params![caller, at]).await?;
    Ok(())
}
