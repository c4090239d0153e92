//! Look-ups of persons: those that failed are rationed by caller, all are written down.

use audit::Lookup;
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
    audit::looked_up(&mut tx, &Lookup { at: now, operation: "accessmanagement.person", person: None })
        .await?;
    tx.commit().await
}

/// Writes down a look-up that found somebody.
pub async fn record_success(db: &Db, person: Uuid, now: Timestamp) -> db::Result<()> {
    looked_up(db, "accessmanagement.person", Some(person), now).await
}

/// Writes down a look-up by number.
pub async fn looked_up(
    db: &Db,
    operation: &'static str,
    person: Option<Uuid>,
    at: Timestamp,
) -> db::Result<()> {
    db::write_tx!(db, "am.looked_up", |tx| { audit::looked_up(tx, &Lookup { at, operation, person }).await })
}
