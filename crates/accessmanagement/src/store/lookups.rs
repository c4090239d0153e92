//! Failed look-ups of persons, by caller.

use db::{Db, params};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

db::statements! {
    /// Counts a caller's failures since a time.
    pub FAILURES = "am.lookup_failures", "SELECT count(*) FROM am_failed_lookup WHERE caller = $1 AND at > $2";
    /// Writes down a failure.
    pub FAILED = "am.lookup_failed", "INSERT INTO am_failed_lookup (id, caller, at) VALUES ($1, $2, $3)";
    /// Forgets a caller's failures before a time.
    pub FORGET = "am.lookup_forget", "DELETE FROM am_failed_lookup WHERE caller = $1 AND at <= $2";
}

/// How long a failure counts.
const WINDOW: SignedDuration = SignedDuration::from_secs(3600);
/// Failures after which a caller must wait.
const ALLOWED: i64 = 2;

/// Has the caller failed too often lately.
pub async fn is_rationed(db: &Db, caller: Uuid, now: Timestamp) -> db::Result<bool> {
    let failures: i64 = db.query_one(&FAILURES, &params![caller, now - WINDOW]).await?.get(0)?;
    Ok(failures >= ALLOWED)
}

/// Writes down a failure, and drops those that no longer count.
pub async fn record_failure(db: &Db, id: Uuid, caller: Uuid, now: Timestamp) -> db::Result<()> {
    let mut tx = db.begin("am.lookup_failed").await?;
    tx.execute(&FORGET, &params![caller, now - WINDOW]).await?;
    tx.execute(&FAILED, &params![id, caller, now]).await?;
    tx.commit().await
}
