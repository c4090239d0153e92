//! System users.

use super::{document, text_of};
use crate::systemuser::domain::{Kind, Triple, User};
use db::{Db, Row, Tx};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    GET = "authn.user.get",
        "SELECT id, kind, system_id, vendor_org_no, owner, owner_party_id, owner_org_no, external_ref, title, packages,
                created, changed, deleted, sequence
         FROM authn_systemuser WHERE id = $1";
    BY_TRIPLE = "authn.user.by_triple",
        "SELECT id, kind, system_id, vendor_org_no, owner, owner_party_id, owner_org_no, external_ref, title, packages,
                created, changed, deleted, sequence
         FROM authn_systemuser
         WHERE system_id = $1 AND owner_org_no = $2 AND external_ref = $3 AND deleted = FALSE";
    BY_CLIENT = "authn.user.by_client",
        "SELECT u.id, u.kind, u.system_id, u.vendor_org_no, u.owner, u.owner_party_id, u.owner_org_no, u.external_ref,
                u.title, u.packages, u.created, u.changed, u.deleted, u.sequence
         FROM authn_system_client c
         JOIN authn_system s ON s.id = c.system_id
         JOIN authn_systemuser u ON u.system_id = s.id
         WHERE c.client_id = $1 AND s.vendor_org_no = $2 AND s.deleted = FALSE
           AND u.owner_org_no = $3 AND u.external_ref = $4 AND u.deleted = FALSE";
    OF_OWNER = "authn.user.of_owner",
        "SELECT id, kind, system_id, vendor_org_no, owner, owner_party_id, owner_org_no, external_ref, title, packages,
                created, changed, deleted, sequence
         FROM authn_systemuser WHERE owner = $1 AND deleted = FALSE ORDER BY created DESC, id";
    OF_SYSTEM = "authn.user.of_system",
        "SELECT id, kind, system_id, vendor_org_no, owner, owner_party_id, owner_org_no, external_ref, title, packages,
                created, changed, deleted, sequence
         FROM authn_systemuser WHERE system_id = $1 AND sequence >= $2 AND deleted = FALSE ORDER BY sequence LIMIT $3";
    STREAM = "authn.user.stream",
        "SELECT id, kind, system_id, vendor_org_no, owner, owner_party_id, owner_org_no, external_ref, title, packages,
                created, changed, deleted, sequence
         FROM authn_systemuser WHERE sequence > $1 ORDER BY sequence LIMIT $2";
    ALL = "authn.user.all", Heavy,
        "SELECT id, kind, system_id, vendor_org_no, owner, owner_party_id, owner_org_no, external_ref, title, packages,
                created, changed, deleted, sequence
         FROM authn_systemuser ORDER BY id";
    SEQUENCE_MAX = "authn.user.sequence_max", "SELECT value FROM authn_systemuser_counter WHERE id = 1";
    NEXT = "authn.user.next_sequence",
        "UPDATE authn_systemuser_counter SET value = value + 1 WHERE id = 1 RETURNING value";
    INSERT = "authn.user.insert",
        "INSERT INTO authn_systemuser (id, sequence, kind, system_id, vendor_org_no, owner, owner_party_id, owner_org_no,
                external_ref, title, packages, deleted, created, changed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    DELETE = "authn.user.delete",
        "UPDATE authn_systemuser SET deleted = TRUE, changed = $2, sequence = $3 WHERE id = $1 AND deleted = FALSE";
}

fn from_row(row: &Row) -> db::Result<User> {
    Ok(User {
        id: row.get(0)?,
        kind: Kind::from_code(row.get(1)?),
        system_id: row.get(2)?,
        vendor_org_no: row.get(3)?,
        owner: row.get(4)?,
        owner_party_id: row.get(5)?,
        owner_org_no: row.get(6)?,
        external_ref: row.get(7)?,
        title: row.get(8)?,
        packages: document(row, 9)?,
        created: row.get(10)?,
        changed: row.get(11)?,
        deleted: row.get(12)?,
        sequence: row.get(13)?,
    })
}

/// Also a deleted one.
pub(crate) async fn get(db: &Db, id: Uuid) -> db::Result<Option<User>> {
    db.query_opt(&GET, &db::params![id]).await?.as_ref().map(from_row).transpose()
}

/// The live one.
pub(crate) async fn by_triple(db: &Db, triple: &Triple) -> db::Result<Option<User>> {
    let params = db::params![&triple.system_id, &triple.org_no, &triple.external_ref];
    db.query_opt(&BY_TRIPLE, &params).await?.as_ref().map(from_row).transpose()
}

/// The live one of a live system to which the client is bound.
pub(crate) async fn by_client(
    db: &Db,
    client_id: &str,
    vendor_org_no: &str,
    owner_org_no: &str,
    external_ref: &str,
) -> db::Result<Option<User>> {
    let params = db::params![client_id, vendor_org_no, owner_org_no, external_ref];
    db.query_opt(&BY_CLIENT, &params).await?.as_ref().map(from_row).transpose()
}

/// Live ones of both kinds, newest first.
pub(crate) async fn of_owner(db: &Db, owner: Uuid) -> db::Result<Vec<User>> {
    db.query(&OF_OWNER, &db::params![owner]).await?.iter().map(from_row).collect()
}

/// Live ones of a system by sequence number, from `from` on.
pub(crate) async fn of_system(db: &Db, system_id: &str, from: i64, limit: usize) -> db::Result<Vec<User>> {
    db.query(&OF_SYSTEM, &db::params![system_id, from, limit]).await?.iter().map(from_row).collect()
}

/// All, deleted ones too, that changed after `after`.
pub(crate) async fn stream(db: &Db, after: i64, limit: usize) -> db::Result<Vec<User>> {
    db.query(&STREAM, &db::params![after, limit]).await?.iter().map(from_row).collect()
}

/// Every one, deleted ones too.
pub(crate) async fn all(db: &Db) -> db::Result<Vec<User>> {
    db.query(&ALL, &db::params![]).await?.iter().map(from_row).collect()
}

/// The last sequence number given.
pub(crate) async fn sequence_max(db: &Db) -> db::Result<i64> {
    db.query_one(&SEQUENCE_MAX, &db::params![]).await?.get(0)
}

/// Seen from inside a transaction; a deleted one too.
pub(crate) async fn exists(tx: &mut Tx, id: Uuid) -> db::Result<bool> {
    Ok(tx.query_opt(&GET, &db::params![id]).await?.is_some())
}

async fn next_sequence(tx: &mut Tx) -> db::Result<i64> {
    tx.query_one(&NEXT, &db::params![]).await?.get(0)
}

/// [`db::Error::Unique`] when the triple was taken meanwhile. The sequence number is given here.
pub(crate) async fn insert(tx: &mut Tx, user: &User) -> db::Result<()> {
    let sequence = next_sequence(tx).await?;
    let params = db::params![
        user.id,
        sequence,
        user.kind as i64,
        &user.system_id,
        &user.vendor_org_no,
        user.owner,
        user.owner_party_id,
        &user.owner_org_no,
        &user.external_ref,
        &user.title,
        text_of(&user.packages)?,
        user.deleted,
        user.created,
        user.changed
    ];
    tx.execute(&INSERT, &params).await.map(drop)
}

/// `false` when it was gone already.
pub(crate) async fn delete(tx: &mut Tx, id: Uuid, at: Timestamp) -> db::Result<bool> {
    let sequence = next_sequence(tx).await?;
    Ok(tx.execute(&DELETE, &db::params![id, at, sequence]).await? == 1)
}
