//! Events, their order and their trace.

use db::{Db, Result, Row, Tx, params};
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

db::statements! {
    /// A new event; a repeat of (id, source) changes nothing.
    INSERT = "event.insert",
        "INSERT INTO cloud_event (row, id, source, type, resource, subject, alternative_subject, registered_at, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id, source) DO NOTHING";
    /// One event.
    GET = "event.get", "SELECT sequence, body FROM cloud_event WHERE row = $1";
    /// The next number. The row stays locked until commit, so numbers become visible in order.
    NEXT = "event.next", "UPDATE event_counter SET last = last + 1 WHERE one = 1 RETURNING last";
    /// Puts the number back that was taken last, by a transaction that still holds the row.
    BACK = "event.back", "UPDATE event_counter SET last = last - 1 WHERE one = 1";
    /// Numbers an event, once.
    NUMBER = "event.number", "UPDATE cloud_event SET sequence = $2 WHERE row = $1 AND sequence IS NULL";
    /// The number of an event id, the lowest if several sources use it.
    AFTER = "event.after", "SELECT MIN(sequence) FROM cloud_event WHERE id = $1";
    /// A page of a resource's events.
    PAGE = "event.page",
        "SELECT sequence, body FROM cloud_event WHERE resource = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
    /// A step in an event's life.
    TRACE = "event.trace",
        "INSERT INTO event_trace (id, event_id, resource, subscription, consumer, activity, response_code, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// A stored event.
#[derive(Debug, Clone)]
pub struct Stored {
    pub sequence: Option<i64>,
    pub body: Map<String, Value>,
}

impl Stored {
    /// An attribute as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }

    fn from_row(row: &Row) -> Result<Self> {
        let text: String = row.get(1)?;
        let body = serde_json::from_str(&text).unwrap_or_default();
        Ok(Self { sequence: row.get(0)?, body })
    }
}

/// One line of an event's trace.
pub struct Trace<'a> {
    pub event: &'a str,
    pub resource: Option<&'a str>,
    pub subscription: Option<i64>,
    pub consumer: Option<&'a str>,
    pub activity: &'static str,
    pub response_code: Option<u16>,
}

/// True when it was new.
pub async fn insert(tx: &mut Tx, row: Uuid, body: &Map<String, Value>, at: Timestamp) -> Result<bool> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let values = params![
        row,
        text("id"),
        text("source"),
        text("type"),
        text("resource"),
        text("subject"),
        text("alternativesubject"),
        at,
        Value::Object(body.clone()).to_string()
    ];
    Ok(tx.execute(&INSERT, &values).await? == 1)
}

pub async fn get(db: &Db, row: Uuid) -> Result<Option<Stored>> {
    db.query_opt(&GET, &params![row]).await?.as_ref().map(Stored::from_row).transpose()
}

/// True when this call numbered it.
pub async fn number(tx: &mut Tx, row: Uuid) -> Result<bool> {
    let next: i64 = tx.query_one(&NEXT, &params![]).await?.get(0)?;
    let numbered = tx.execute(&NUMBER, &params![row, next]).await? == 1;
    if !numbered {
        // A worker that was held up, after another one: there must be no gap for clients to wait at.
        tx.execute(&BACK, &params![]).await?;
    }
    Ok(numbered)
}

/// The number behind `after`; an unknown id counts as 0, from the start.
pub async fn position(db: &Db, after: &str) -> Result<i64> {
    Ok(db.query_one(&AFTER, &params![after]).await?.get::<Option<i64>>(0)?.unwrap_or(0))
}

pub async fn page(db: &Db, resource: &str, after: i64, limit: usize) -> Result<Vec<Stored>> {
    db.query(&PAGE, &params![resource, after, limit]).await?.iter().map(Stored::from_row).collect()
}

pub async fn trace(tx: &mut Tx, id: Uuid, at: Timestamp, trace: &Trace<'_>) -> Result<()> {
    let row = params![
        id,
        trace.event,
        trace.resource.map(str::to_owned),
        trace.subscription,
        trace.consumer.map(str::to_owned),
        trace.activity,
        trace.response_code,
        at
    ];
    tx.execute(&TRACE, &row).await.map(drop)
}
