//! Subscriptions.

use crate::domain::filter::Filter;
use db::{Db, Result, Row, Tx, params};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

db::statements! {
    /// A new subscription; the same one again changes nothing.
    INSERT = "subscription.insert",
        "INSERT INTO event_subscription (endpoint, resource_filter, source_filter, subject_filter, type_filter,
           include_subunits, consumer, created_at, validated, identity)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE, $9) ON CONFLICT (identity) DO NOTHING";
    /// The subscription of an identity.
    SAME = "subscription.same", "SELECT id FROM event_subscription WHERE identity = $1";
    /// One subscription.
    GET = "subscription.get",
        "SELECT id, endpoint, resource_filter, source_filter, subject_filter, type_filter, include_subunits, consumer,
           created_at, validated FROM event_subscription WHERE id = $1";
    /// A consumer's subscriptions.
    OF = "subscription.of",
        "SELECT id, endpoint, resource_filter, source_filter, subject_filter, type_filter, include_subunits, consumer,
           created_at, validated FROM event_subscription WHERE consumer = $1 ORDER BY id";
    /// Validated subscriptions to a resource.
    TO = "subscription.to",
        "SELECT id, endpoint, resource_filter, source_filter, subject_filter, type_filter, include_subunits, consumer,
           created_at, validated FROM event_subscription WHERE resource_filter = $1 AND validated";
    /// The endpoint has answered.
    VALIDATED = "subscription.validated", "UPDATE event_subscription SET validated = TRUE WHERE id = $1";
    /// Ends a subscription.
    DELETE = "subscription.delete", "DELETE FROM event_subscription WHERE id = $1";
}

/// A subscription.
#[derive(Debug, Clone)]
pub struct Subscription {
    pub id: i64,
    pub endpoint: String,
    pub resource_filter: String,
    pub filter: Filter,
    pub consumer: String,
    pub created: Timestamp,
    pub validated: bool,
}

impl Subscription {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            endpoint: row.get(1)?,
            resource_filter: row.get(2)?,
            filter: Filter {
                source: row.get(3)?,
                subject: row.get(4)?,
                kind: row.get(5)?,
                include_subunits: row.get(6)?,
            },
            consumer: row.get(7)?,
            created: row.get(8)?,
            validated: row.get(9)?,
        })
    }
}

/// Stores `new`, or finds the same one; answers its id.
pub async fn insert_or_same(tx: &mut Tx, new: &Subscription) -> Result<i64> {
    let filter = &new.filter;
    let identity = identity(new);
    let row = params![
        new.endpoint.as_str(),
        new.resource_filter.as_str(),
        filter.source.clone(),
        filter.subject.clone(),
        filter.kind.clone(),
        filter.include_subunits,
        new.consumer.as_str(),
        new.created,
        identity
    ];
    tx.execute(&INSERT, &row).await?;
    tx.query_one(&SAME, &params![identity]).await?.get(0)
}

/// What makes two subscriptions the same one (events §6.1), in the length of an index entry.
fn identity(of: &Subscription) -> Uuid {
    let filter = &of.filter;
    let parts = json!([
        of.consumer,
        of.endpoint,
        of.resource_filter,
        filter.source,
        filter.subject,
        filter.kind,
        filter.include_subunits
    ]);
    Uuid::new_v5(&Uuid::NAMESPACE_URL, parts.to_string().as_bytes())
}

pub async fn get(db: &Db, id: i64) -> Result<Option<Subscription>> {
    db.query_opt(&GET, &params![id]).await?.as_ref().map(Subscription::from_row).transpose()
}

pub async fn of(db: &Db, consumer: &str) -> Result<Vec<Subscription>> {
    db.query(&OF, &params![consumer]).await?.iter().map(Subscription::from_row).collect()
}

pub async fn to(db: &Db, resource: &str) -> Result<Vec<Subscription>> {
    db.query(&TO, &params![resource]).await?.iter().map(Subscription::from_row).collect()
}

pub async fn validated(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute(&VALIDATED, &params![id]).await.map(drop)
}

pub async fn delete(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute(&DELETE, &params![id]).await.map(drop)
}
