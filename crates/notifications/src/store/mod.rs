//! Orders and what became of them.

use db::{Db, Json, Result, Tx, params};
use jiff::Timestamp;
use ports::notifications::EmailOrder;
use uuid::Uuid;

db::statements! {
    /// Stores an order, once for each creator and key.
    INSERT = "notification.insert",
        "INSERT INTO notification_order (id, creator, idempotency_key, recipient, addresses, resource, subject, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (creator, idempotency_key) DO NOTHING";
    /// The order of a key.
    BY_KEY = "notification.by_key", "SELECT id FROM notification_order WHERE creator = $1 AND idempotency_key = $2";
    /// One order.
    GET = "notification.get", "SELECT recipient, addresses, subject, body FROM notification_order WHERE id = $1";
    /// Marks an order as sent, once.
    COMPLETE = "notification.complete",
        "UPDATE notification_order SET completed_at = $2 WHERE id = $1 AND completed_at IS NULL";
    /// What became of one address.
    SENT = "notification.sent",
        "INSERT INTO notification_email (id, notification_order, address, status, at) VALUES ($1, $2, $3, $4, $5)";
}

/// An order as the sender needs it.
pub struct Order {
    pub recipient: Uuid,
    pub addresses: Vec<String>,
    pub subject: String,
    pub body: String,
}

/// Id of the order, and whether this call stored it.
pub async fn insert(tx: &mut Tx, id: Uuid, order: &EmailOrder, at: Timestamp) -> Result<(Uuid, bool)> {
    let (creator, key) = (order.creator.as_str(), order.idempotency_key.as_str());
    let row = params![
        id,
        creator,
        key,
        order.recipient,
        Json(&order.addresses),
        order.resource.clone(),
        order.subject.as_str(),
        order.body.as_str(),
        at
    ];
    if tx.execute(&INSERT, &row).await? == 1 {
        return Ok((id, true));
    }
    let row = tx.query_one(&BY_KEY, &params![creator, key]).await?;
    Ok((row.get(0)?, false))
}

pub async fn get(db: &Db, id: Uuid) -> Result<Option<Order>> {
    let Some(row) = db.query_opt(&GET, &params![id]).await? else { return Ok(None) };
    let Json(addresses) = row.get(1)?;
    Ok(Some(Order { recipient: row.get(0)?, addresses, subject: row.get(2)?, body: row.get(3)? }))
}

/// True when this call was the one that completed it.
pub async fn complete(tx: &mut Tx, id: Uuid, at: Timestamp) -> Result<bool> {
    Ok(tx.execute(&COMPLETE, &params![id, at]).await? == 1)
}

pub async fn sent(
    tx: &mut Tx,
    id: Uuid,
    order: Uuid,
    address: &str,
    status: &str,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&SENT, &params![id, order, address, status, at]).await.map(drop)
}
