//! One change.

use crate::{Action, read::new_id, scope};
use db::{Tx, params};
use jiff::Timestamp;
use kernel::{Clock, SystemClock};
use serde_json::Value;
use telemetry::trace::Trace;
use uuid::Uuid;

db::statements! {
    /// One row.
    INSERT = "audit.put",
        "INSERT INTO audit_entry (id, at, recorded_at, action, actor_kind, actor, on_behalf_of, resource, subject_kind, subject,
           decision, trace, client, session, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
}

/// What was done, to what, for whom.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    action: Action,
    at: Timestamp,
    subject_kind: &'static str,
    subject: String,
    on_behalf_of: Option<Uuid>,
    resource: Option<&'a str>,
    detail: Option<Value>,
}

impl<'a> Entry<'a> {
    /// `action` was done at `at`, business time, to the thing of this kind and id.
    pub fn new(action: Action, at: Timestamp, kind: &'static str, id: impl ToString) -> Self {
        Self {
            action,
            at,
            subject_kind: kind,
            subject: id.to_string(),
            on_behalf_of: None,
            resource: None,
            detail: None,
        }
    }

    /// For this party.
    pub fn on_behalf_of(mut self, party: impl Into<Option<Uuid>>) -> Self {
        self.on_behalf_of = party.into();
        self
    }

    /// As part of this service.
    pub fn resource(mut self, resource: &'a str) -> Self {
        self.resource = Some(resource);
        self
    }

    /// More, small and without identity numbers or secrets.
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = Some(detail);
        self
    }
}

/// Writes the row in the transaction of the change.
pub async fn put(tx: &mut Tx, entry: &Entry<'_>) -> db::Result<()> {
    let who = scope::current();
    let now = SystemClock.now();
    let row = params![
        new_id(now),
        entry.at,
        now,
        entry.action.word(),
        who.actor.kind as i64,
        &who.actor.id,
        entry.on_behalf_of,
        entry.resource,
        entry.subject_kind,
        &entry.subject,
        who.decision(entry.on_behalf_of, entry.resource),
        telemetry::trace::current().map(Trace::id),
        &who.client,
        &who.session,
        entry.detail.as_ref().map(Value::to_string)
    ];
    tx.execute(&INSERT, &row).await.map(drop)
}
