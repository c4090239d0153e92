//! Takes old rows away.

use crate::{Action, Entry, put, read::first_id};
use db::{Db, params};
use jiff::Timestamp;
use serde_json::json;

db::statements! {
    /// The oldest changes before an id, some at a time.
    ENTRIES = "audit.remove_entries", Heavy,
        "DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_entry WHERE id < $1 ORDER BY id LIMIT $2)";
    /// The oldest look-ups before an id, some at a time.
    LOOKUPS = "audit.remove_lookups", Heavy,
        "DELETE FROM audit_lookup WHERE id IN (SELECT id FROM audit_lookup WHERE id < $1 ORDER BY id LIMIT $2)";
}

/// Rows of one transaction: short enough that writers do not notice.
const SLICE: u64 = 1000;

/// How many rows went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Changes.
    pub entries: u64,
    /// Look-ups of persons.
    pub lookups: u64,
}

/// Removes what was recorded before these times, slice by slice. Each slice writes down how much it removed.
pub async fn remove_before(
    db: &Db,
    at: Timestamp,
    entries: Timestamp,
    lookups: Timestamp,
) -> db::Result<Removed> {
    Ok(Removed {
        entries: remove(db, at, &ENTRIES, "audit_entry", entries).await?,
        lookups: remove(db, at, &LOOKUPS, "audit_lookup", lookups).await?,
    })
}

async fn remove(
    db: &Db,
    at: Timestamp,
    sql: &'static db::Sql,
    table: &'static str,
    before: Timestamp,
) -> db::Result<u64> {
    let mut removed = 0;
    loop {
        let slice = db::write_tx!(db, "audit.retention", |tx| {
            let slice = tx.execute(sql, &params![first_id(before), SLICE]).await?;
            if slice > 0 {
                let detail = json!({ "rows": slice, "recorded_before": before.to_string() });
                put(tx, &Entry::new(Action::RetentionRemove, at, "table", table).detail(detail)).await?;
            }
            Ok::<_, db::Error>(slice)
        })?;
        removed += slice;
        if slice < SLICE {
            return Ok(removed);
        }
    }
}
