//! The audit log, the log of look-ups of persons and the decisions that rows name; and how long the two logs are kept.

pub mod api;
mod query;
mod retention;
mod table;

pub use query::{Query, QueryError, Unreadable};
pub use retention::schedule;

use crate::Operations;
use audit::{Action, Entry, Filter, LookupRow, Row};
use ports::authorization::{Effect, LoggedDecision};
use serde_json::{Value, json};
use uuid::Uuid;

/// Most rows that are shown beside a decision.
const OF_DECISION: usize = 500;

/// Rows, and the id to go on from where there are more.
pub type Page<T> = (Vec<T>, Option<Uuid>);

fn cut<T>(mut rows: Vec<T>, limit: usize, id: impl Fn(&T) -> Uuid) -> Page<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(id);
    (rows, next)
}

impl Operations {
    /// The changes that the query asks for.
    pub async fn entries(&self, query: &Query) -> Result<Page<Row>, QueryError> {
        let filter = query.entries(self.register.as_ref()).await?;
        let limit = query.limit()?;
        let rows = audit::page(&self.ctx.db, &filter, limit + 1).await?;
        self.note("audit", asked(query)).await?;
        Ok(cut(rows, limit, |row| row.id))
    }

    /// The look-ups that the query asks for.
    pub async fn lookups(&self, query: &Query) -> Result<Page<LookupRow>, QueryError> {
        let filter = query.lookups(self.register.as_ref()).await?;
        let limit = query.limit()?;
        let rows = audit::lookups(&self.ctx.db, &filter, limit + 1).await?;
        self.note("lookups", asked(query)).await?;
        Ok(cut(rows, limit, |row| row.id))
    }

    /// A decision, and the changes that name it.
    pub async fn decision(&self, id: &str) -> db::Result<Option<(LoggedDecision, Vec<Row>)>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        let Some(decision) = self.decisions.decision(id).await? else { return Ok(None) };
        let filter = Filter { decision: Some(id), ..Filter::default() };
        let rows = audit::page(&self.ctx.db, &filter, OF_DECISION).await?;
        self.note("decision", json!({ "id": id })).await?;
        Ok(Some((decision, rows)))
    }

    /// Who reads the log is written down too, before it is shown.
    async fn note(&self, what: &'static str, detail: Value) -> db::Result<()> {
        let entry = Entry::new(Action::LogRead, self.ctx.clock.now(), "log", what).detail(detail);
        db::write_tx!(self.ctx.db, "audit.log_read", |tx| { audit::put(tx, &entry).await })
    }
}

/// Names of what was asked by, never the values.
fn asked(query: &Query) -> Value {
    json!({ "by": query.names().collect::<Vec<_>>() })
}

/// As the wire says it.
pub fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::Permit => "Permit",
        Effect::Deny => "Deny",
        Effect::Indeterminate => "Indeterminate",
        Effect::NotApplicable => "NotApplicable",
    }
}
