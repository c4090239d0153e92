//! One look-up of a person.

use crate::{read::new_id, scope};
use db::{Tx, params};
use jiff::Timestamp;
use kernel::{Clock, SystemClock};
use telemetry::trace::Trace;
use uuid::Uuid;

db::statements! {
    /// One row.
    INSERT = "audit.looked_up",
        "INSERT INTO audit_lookup (id, at, recorded_at, operation, purpose, person, actor_kind, actor, trace, client, session)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
}

/// A look-up by identity number or name.
#[derive(Debug, Clone, Copy)]
pub struct Lookup {
    /// Business time.
    pub at: Timestamp,
    /// The operation: block, dot, name.
    pub operation: &'static str,
    /// Party of the person, when somebody was found.
    pub person: Option<Uuid>,
}

/// Writes the row. It must be committed before the answer leaves.
pub async fn looked_up(tx: &mut Tx, lookup: &Lookup) -> db::Result<()> {
    let who = scope::current();
    let now = SystemClock.now();
    let row = params![
        new_id(now),
        lookup.at,
        now,
        lookup.operation,
        &who.purpose,
        lookup.person,
        who.actor.kind as i64,
        &who.actor.id,
        telemetry::trace::current().map(Trace::id),
        &who.client,
        &who.session
    ];
    tx.execute(&INSERT, &row).await.map(drop)
}
