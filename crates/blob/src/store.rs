//! The rows of blobs.

use db::{Db, Result, Row, Tx, Value, params};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    PUT = "blob.put",
        "INSERT INTO blob (area, id, size, sha256, key_id, wrapped, object, sealed, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (area, id) DO UPDATE SET size = excluded.size, sha256 = excluded.sha256, key_id = excluded.key_id,
           wrapped = excluded.wrapped, object = excluded.object, sealed = excluded.sealed, created_at = excluded.created_at";
    GET = "blob.get",
        "SELECT area, id, size, sha256, key_id, wrapped, object, sealed FROM blob WHERE area = $1 AND id = $2";
    PAGE = "blob.page", Heavy,
        "SELECT area, id, size, sha256, key_id, wrapped, object, sealed FROM blob WHERE (area, id) > ($1, $2)
         ORDER BY area, id LIMIT 100";
    NAMED = "blob.named", "SELECT object FROM blob WHERE object IN {in:1}";
    KEYS = "blob.keys", Heavy, "SELECT key_id, count(*) FROM blob GROUP BY key_id ORDER BY key_id";
    UNDER = "blob.under", "SELECT area, id, wrapped FROM blob WHERE key_id = $1 AND (area, id) > ($2, $3)
         ORDER BY area, id LIMIT 500";
    REWRAP = "blob.rewrap", "UPDATE blob SET key_id = $4, wrapped = $5 WHERE area = $1 AND id = $2 AND wrapped = $3";
}

/// Where the sealed content lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// In the row.
    Inline(Vec<u8>),
    /// In the store, as this object.
    Object(Uuid),
}

/// A row.
#[derive(Debug, Clone)]
pub struct Entry {
    pub area: String,
    pub id: Uuid,
    pub size: u64,
    pub sha256: Vec<u8>,
    pub key_id: String,
    pub wrapped: Vec<u8>,
    pub content: Content,
}

impl Entry {
    /// What the blob is called.
    pub fn name(&self) -> String {
        crate::name(&self.area, self.id)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let content = match row.get(6)? {
            Some(object) => Content::Object(object),
            None => Content::Inline(row.get(7)?),
        };
        Ok(Self {
            area: row.get(0)?,
            id: row.get(1)?,
            size: row.get(2)?,
            sha256: row.get(3)?,
            key_id: row.get(4)?,
            wrapped: row.get(5)?,
            content,
        })
    }
}

pub async fn put(tx: &mut Tx, entry: &Entry, at: Timestamp) -> Result<()> {
    let (object, sealed) = match &entry.content {
        Content::Object(object) => (Some(*object), None),
        Content::Inline(sealed) => (None, Some(sealed.clone())),
    };
    let row = params![
        entry.area.as_str(),
        entry.id,
        entry.size,
        entry.sha256.as_slice(),
        entry.key_id.as_str(),
        entry.wrapped.as_slice(),
        object,
        sealed,
        at
    ];
    tx.execute(&PUT, &row).await.map(drop)
}

pub async fn get(db: &Db, area: &str, id: Uuid) -> Result<Option<Entry>> {
    db.query_opt(&GET, &params![area, id]).await?.as_ref().map(Entry::from_row).transpose()
}

/// The rows after this one, in the order of their names.
pub async fn page(db: &Db, area: &str, id: Uuid) -> Result<Vec<Entry>> {
    db.query(&PAGE, &params![area, id]).await?.iter().map(Entry::from_row).collect()
}

/// Those of `objects` that a row names.
pub async fn named(db: &Db, objects: &[Uuid]) -> Result<Vec<Uuid>> {
    db.query(&NAMED, &[Value::list(objects)]).await?.iter().map(|row| row.get(0)).collect()
}

/// How many blobs each master key wraps the keys of.
pub async fn keys(db: &Db) -> Result<Vec<(String, u64)>> {
    db.query(&KEYS, &params![]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Some of the blobs after this one whose keys are wrapped by `key`: area, id, wrapped key.
pub async fn under(db: &Db, key: &str, (area, id): (&str, Uuid)) -> Result<Vec<(String, Uuid, Vec<u8>)>> {
    db.query(&UNDER, &params![key, area, id])
        .await?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}

/// Writes newly wrapped keys where the old ones still stand. Answers how many it wrote.
pub async fn rewrap(tx: &mut Tx, rows: &[Vec<Value>]) -> Result<u64> {
    tx.execute_many(&REWRAP, rows).await
}
