//! Documents of filings; their content lies in the blob store, or is made from the filing.

use db::{Db, Result, Tx, params};
use uuid::Uuid;

db::statements! {
    /// A document of a filing.
    pub INSERT = "gld.document_insert",
        "INSERT INTO gld_document (id, filing, kind, media_type, name) VALUES ($1, $2, $3, $4, $5)";
    /// One document.
    pub GET = "gld.document_get", "SELECT filing, kind, media_type, name FROM gld_document WHERE id = $1";
}

/// What a document is. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Receipt (kvittering).
    Receipt = 1,
    /// What was sent in.
    Delivery = 2,
    /// Feedback (tilbakemelding).
    Feedback = 3,
}

/// A document's entry.
#[derive(Debug, Clone)]
pub struct Document {
    pub id: Uuid,
    pub filing: Uuid,
    pub kind: Kind,
    pub media_type: String,
    pub name: String,
}

pub async fn insert(tx: &mut Tx, document: &Document) -> Result<()> {
    let row = params![
        document.id,
        document.filing,
        document.kind as i64,
        document.media_type.as_str(),
        document.name.as_str()
    ];
    tx.execute(&INSERT, &row).await.map(drop)
}

pub async fn get(db: &Db, id: Uuid) -> Result<Option<Document>> {
    let Some(row) = db.query_opt(&GET, &params![id]).await? else { return Ok(None) };
    let kind = match row.get::<i64>(1)? {
        1 => Kind::Receipt,
        2 => Kind::Delivery,
        _ => Kind::Feedback,
    };
    Ok(Some(Document { id, filing: row.get(0)?, kind, media_type: row.get(2)?, name: row.get(3)? }))
}
