//! Refused grants.

use db::{Db, Tx, params};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    /// Keeps a refusal.
    REFUSAL_ADD = "maskinporten.refusal_add",
        "INSERT INTO maskinporten_refusal (correlation_id, refused_at, client_id, code, error, description, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// A refusal.
    REFUSAL_GET = "maskinporten.refusal_get",
        "SELECT refused_at, client_id, code, error, description, reason FROM maskinporten_refusal \
         WHERE correlation_id = $1";
    /// Forgets old refusals.
    REFUSAL_PURGE = "maskinporten.refusal_purge", Heavy, "DELETE FROM maskinporten_refusal WHERE refused_at < $1";
    /// Forgets all but the newest refusals, since anyone can cause them.
    REFUSAL_CAP = "maskinporten.refusal_cap", Heavy,
        "DELETE FROM maskinporten_refusal WHERE refused_at < \
         (SELECT refused_at FROM maskinporten_refusal ORDER BY refused_at DESC LIMIT 1 OFFSET $1)";
}

/// Most refusals kept by the purge.
const MOST: i64 = 10_000;

/// A refusal as it is kept and explained.
pub struct Kept {
    pub correlation_id: Uuid,
    pub refused_at: Timestamp,
    pub client_id: Option<String>,
    pub code: Option<String>,
    pub error: String,
    pub description: String,
    pub reason: String,
}

/// Keeps a refusal.
pub async fn add(db: &Db, refusal: &Kept) -> db::Result<()> {
    let params = params![
        refusal.correlation_id,
        refusal.refused_at,
        refusal.client_id.as_deref(),
        refusal.code.as_deref(),
        &refusal.error,
        &refusal.description,
        &refusal.reason
    ];
    db::write_tx!(db, "maskinporten.refusal", |tx| { tx.execute(&REFUSAL_ADD, &params).await.map(|_| ()) })
}

/// The refusal with this correlation id.
pub async fn get(db: &Db, correlation_id: Uuid) -> db::Result<Option<Kept>> {
    let row = db.query_opt(&REFUSAL_GET, &params![correlation_id]).await?;
    row.map(|row| {
        Ok(Kept {
            correlation_id,
            refused_at: row.get(0)?,
            client_id: row.get(1)?,
            code: row.get(2)?,
            error: row.get(3)?,
            description: row.get(4)?,
            reason: row.get(5)?,
        })
    })
    .transpose()
}

/// Forgets old refusals, and those beyond the bound.
pub async fn purge(tx: &mut Tx, before: Timestamp) -> db::Result<()> {
    tx.execute(&REFUSAL_PURGE, &params![before]).await?;
    tx.execute(&REFUSAL_CAP, &params![MOST]).await.map(|_| ())
}
