//! Resources and their versions.

use super::Change;
use crate::domain::document::Document;
use db::{Db, Row, Tx, params};

db::statements! {
    /// One that is not deleted.
    pub GET = "rr.resource",
        "SELECT version, owner_code, owner_org_no, document FROM rr_resource WHERE identifier = $1 AND NOT deleted";
    /// An older version.
    pub GET_VERSION = "rr.resource_version",
        "SELECT v.version, r.owner_code, r.owner_org_no, v.document FROM rr_resource_version v
         JOIN rr_resource r ON r.identifier = v.identifier
         WHERE v.identifier = $1 AND v.version = $2 AND NOT r.deleted";
    /// All that are not deleted.
    pub ALL = "rr.resources", Heavy,
        "SELECT version, owner_code, owner_org_no, document FROM rr_resource WHERE NOT deleted ORDER BY identifier";
    /// Version and state, whether deleted or not.
    pub STATE = "rr.resource_state", "SELECT version, deleted, document FROM rr_resource WHERE identifier = $1 {for_update}";
    /// Adds one, or puts the next version in its place.
    pub PUT = "rr.resource_put",
        "INSERT INTO rr_resource (identifier, version, resource_type, owner_code, owner_org_no, delegable,
         access_list_only, document, deleted, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (identifier) DO UPDATE SET version = excluded.version, resource_type = excluded.resource_type,
         owner_code = excluded.owner_code, owner_org_no = excluded.owner_org_no, delegable = excluded.delegable,
         access_list_only = excluded.access_list_only, document = excluded.document, deleted = excluded.deleted,
         updated_at = excluded.updated_at";
    /// Keeps a version.
    pub PUT_VERSION = "rr.resource_version_put",
        "INSERT INTO rr_resource_version (identifier, version, document, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5)";
    /// Whether it is deleted, and who wrote resource and policy as they now stand.
    pub AUTHORS = "rr.authors",
        "SELECT r.deleted,
         (SELECT v.created_by FROM rr_resource_version v WHERE v.identifier = r.identifier AND v.version = r.version),
         (SELECT v.created_by FROM rr_policy p JOIN rr_policy_version v
          ON v.resource = p.resource AND v.version = p.version WHERE p.resource = r.identifier)
         FROM rr_resource r WHERE r.identifier = $1";
    /// Marks one as deleted; its versions stay.
    pub DELETE = "rr.resource_delete",
        "UPDATE rr_resource SET deleted = $2, updated_at = $3 WHERE identifier = $1 AND NOT deleted";
}

/// A stored resource.
#[derive(Debug, Clone)]
pub struct Stored {
    /// `versionId`
    pub version: i64,
    /// Service owner's code, lower case.
    pub owner_code: String,
    /// Service owner's organisation number, empty for some of `ttd`.
    pub owner_org_no: String,
    /// The document.
    pub document: Document,
}

fn broken(reason: &serde_json::Error) -> db::Error {
    db::Error::Decode { statement: "rr.resource", column: 3, reason: reason.to_string() }
}

fn read(row: &Row) -> db::Result<Stored> {
    let text: String = row.get(3)?;
    let document = Document::stored(&text).map_err(|error| broken(&error))?;
    Ok(Stored { version: row.get(0)?, owner_code: row.get(1)?, owner_org_no: row.get(2)?, document })
}

/// The resource as it now stands.
pub async fn get(db: &Db, identifier: &str) -> db::Result<Option<Stored>> {
    let row = db.query_opt(&GET, &params![identifier]).await?;
    row.as_ref().map(read).transpose()
}

/// The resource as it now stands, within a transaction.
pub async fn get_in(tx: &mut Tx, identifier: &str) -> db::Result<Option<Stored>> {
    let row = tx.query_opt(&GET, &params![identifier]).await?;
    row.as_ref().map(read).transpose()
}

/// A version of it.
pub async fn get_version(db: &Db, identifier: &str, version: i64) -> db::Result<Option<Stored>> {
    let row = db.query_opt(&GET_VERSION, &params![identifier, version]).await?;
    row.as_ref().map(read).transpose()
}

/// All, by identifier.
pub async fn all(db: &Db) -> db::Result<Vec<Stored>> {
    db.query(&ALL, &[]).await?.iter().map(read).collect()
}

/// What `put` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There was none.
    Created,
    /// A new version.
    Updated,
    /// It was there, the same.
    Unchanged,
}

/// Adds the resource or makes a new version of it; the same document makes none.
pub async fn put(tx: &mut Tx, document: &Document, change: Change<'_>) -> db::Result<Outcome> {
    let text = document.text();
    let (version, outcome) = match tx.query_opt(&STATE, &params![document.identifier()]).await? {
        None => (1, Outcome::Created),
        Some(row) => {
            let deleted: bool = row.get(1)?;
            if !deleted && row.get::<String>(2)? == text {
                return Ok(Outcome::Unchanged);
            }
            let outcome = if deleted { Outcome::Created } else { Outcome::Updated };
            (row.get::<i64>(0)? + 1, outcome)
        }
    };
    let values = params![
        document.identifier(),
        version,
        document.str("resourceType"),
        document.authority("orgcode").to_lowercase(),
        document.authority("organization"),
        document.flag("delegable", true),
        document.str("accessListMode") == "Enabled",
        &text,
        false,
        change.at,
    ];
    tx.execute(&PUT, &values).await?;
    let values = params![document.identifier(), version, &text, change.at, change.by];
    tx.execute(&PUT_VERSION, &values).await?;
    Ok(outcome)
}

/// Has someone else than `author` written the resource or its policy last, or deleted it.
pub async fn changed_by_others(tx: &mut Tx, identifier: &str, author: &str) -> db::Result<bool> {
    let Some(row) = tx.query_opt(&AUTHORS, &params![identifier]).await? else { return Ok(false) };
    let foreign = |name: Option<String>| name.is_some_and(|name| name != author);
    Ok(row.get::<bool>(0)? || foreign(row.get(1)?) || foreign(row.get(2)?))
}

/// Marks it as deleted; whether it was there.
pub async fn delete(tx: &mut Tx, identifier: &str, change: Change<'_>) -> db::Result<bool> {
    Ok(tx.execute(&DELETE, &params![identifier, true, change.at]).await? > 0)
}
