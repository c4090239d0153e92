//! Vendors' requests. A deleted request is invisible to all reads.

use super::{document, text_of};
use crate::systemuser::domain::{Kind, Request, Triple, request};
use db::{Db, Row, Tx};
use jiff::Timestamp;
use ports::authentication::RequestStatus;
use uuid::Uuid;

db::statements! {
    GET = "authn.request.get",
        "SELECT id, kind, system_id, vendor_org_no, party_org_no, external_ref, title, rights, packages, redirect_url,
                status, escalated, created
         FROM authn_systemuser_request WHERE id = $1 AND deleted = FALSE";
    BY_TRIPLE = "authn.request.by_triple",
        "SELECT id, kind, system_id, vendor_org_no, party_org_no, external_ref, title, rights, packages, redirect_url,
                status, escalated, created
         FROM authn_systemuser_request
         WHERE system_id = $1 AND party_org_no = $2 AND external_ref = $3 AND kind = $4 AND deleted = FALSE";
    BY_SYSTEM = "authn.request.by_system",
        "SELECT id, kind, system_id, vendor_org_no, party_org_no, external_ref, title, rights, packages, redirect_url,
                status, escalated, created
         FROM authn_systemuser_request
         WHERE system_id = $1 AND kind = $2 AND id >= $3 AND deleted = FALSE ORDER BY id LIMIT $4";
    PENDING = "authn.request.pending",
        "SELECT id, kind, system_id, vendor_org_no, party_org_no, external_ref, title, rights, packages, redirect_url,
                status, escalated, created
         FROM authn_systemuser_request
         WHERE party_org_no = $1 AND kind = $2 AND status = 1 AND deleted = FALSE ORDER BY created DESC, id";
    ALL = "authn.request.all", Heavy,
        "SELECT id, kind, system_id, vendor_org_no, party_org_no, external_ref, title, rights, packages, redirect_url,
                status, escalated, created
         FROM authn_systemuser_request WHERE deleted = FALSE ORDER BY id";
    INSERT = "authn.request.insert",
        "INSERT INTO authn_systemuser_request (id, kind, system_id, vendor_org_no, party_org_no, external_ref, title,
                rights, packages, redirect_url, status, escalated, deleted, created, changed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, FALSE, $13, $13)";
    DECIDE = "authn.request.decide",
        "UPDATE authn_systemuser_request SET status = $2, changed = $3
         WHERE id = $1 AND status = 1 AND deleted = FALSE";
    ESCALATE = "authn.request.escalate",
        "UPDATE authn_systemuser_request SET escalated = TRUE, changed = $2
         WHERE id = $1 AND status = 1 AND deleted = FALSE";
    DELETE = "authn.request.delete",
        "UPDATE authn_systemuser_request SET deleted = TRUE, changed = $2 WHERE id = $1 AND deleted = FALSE";
    DELETE_TRIPLE = "authn.request.delete_triple",
        "UPDATE authn_systemuser_request SET deleted = TRUE, changed = $5
         WHERE system_id = $1 AND party_org_no = $2 AND external_ref = $3 AND kind = $4 AND deleted = FALSE";
}

fn from_row(row: &Row) -> db::Result<Request> {
    Ok(Request {
        id: row.get(0)?,
        kind: Kind::from_code(row.get(1)?),
        system_id: row.get(2)?,
        vendor_org_no: row.get(3)?,
        party_org_no: row.get(4)?,
        external_ref: row.get(5)?,
        title: row.get(6)?,
        rights: document(row, 7)?,
        packages: document(row, 8)?,
        redirect_url: row.get(9)?,
        status: request::status_from_code(row.get(10)?),
        escalated: row.get(11)?,
        created: row.get(12)?,
    })
}

/// Of either kind.
pub(crate) async fn get(db: &Db, id: Uuid) -> db::Result<Option<Request>> {
    db.query_opt(&GET, &db::params![id]).await?.as_ref().map(from_row).transpose()
}

pub(crate) async fn by_triple(db: &Db, triple: &Triple, kind: Kind) -> db::Result<Option<Request>> {
    let params = db::params![&triple.system_id, &triple.org_no, &triple.external_ref, kind as i64];
    db.query_opt(&BY_TRIPLE, &params).await?.as_ref().map(from_row).transpose()
}

/// Requests for a system in order of id, from `from` on.
pub(crate) async fn by_system(
    db: &Db,
    system_id: &str,
    kind: Kind,
    from: Uuid,
    limit: usize,
) -> db::Result<Vec<Request>> {
    let params = db::params![system_id, kind as i64, from, limit];
    db.query(&BY_SYSTEM, &params).await?.iter().map(from_row).collect()
}

/// New requests to an organisation, newest first.
pub(crate) async fn pending(db: &Db, org_no: &str, kind: Kind) -> db::Result<Vec<Request>> {
    db.query(&PENDING, &db::params![org_no, kind as i64]).await?.iter().map(from_row).collect()
}

/// Every request that is not deleted.
pub(crate) async fn all(db: &Db) -> db::Result<Vec<Request>> {
    db.query(&ALL, &db::params![]).await?.iter().map(from_row).collect()
}

/// Of either kind, seen from inside a transaction.
pub(crate) async fn exists(tx: &mut Tx, id: Uuid) -> db::Result<bool> {
    Ok(tx.query_opt(&GET, &db::params![id]).await?.is_some())
}

/// [`db::Error::Unique`] when the same was asked for meanwhile.
pub(crate) async fn insert(tx: &mut Tx, request: &Request) -> db::Result<()> {
    let params = db::params![
        request.id,
        request.kind as i64,
        &request.system_id,
        &request.vendor_org_no,
        &request.party_org_no,
        &request.external_ref,
        &request.title,
        text_of(&request.rights)?,
        text_of(&request.packages)?,
        &request.redirect_url,
        request.status as i64,
        request.escalated,
        request.created
    ];
    tx.execute(&INSERT, &params).await.map(drop)
}

/// Writes the customer's decision; `false` when the request is no longer new.
pub(crate) async fn decide(tx: &mut Tx, id: Uuid, status: RequestStatus, at: Timestamp) -> db::Result<bool> {
    Ok(tx.execute(&DECIDE, &db::params![id, status as i64, at]).await? == 1)
}

/// `false` when the request is no longer new.
pub(crate) async fn escalate(tx: &mut Tx, id: Uuid, at: Timestamp) -> db::Result<bool> {
    Ok(tx.execute(&ESCALATE, &db::params![id, at]).await? == 1)
}

/// `false` when it was gone already.
pub(crate) async fn delete(tx: &mut Tx, id: Uuid, at: Timestamp) -> db::Result<bool> {
    Ok(tx.execute(&DELETE, &db::params![id, at]).await? == 1)
}

/// Deletes the request from which a system user came, so that the vendor may ask anew.
pub(crate) async fn delete_triple(tx: &mut Tx, triple: &Triple, kind: Kind, at: Timestamp) -> db::Result<()> {
    let params = db::params![&triple.system_id, &triple.org_no, &triple.external_ref, kind as i64, at];
    tx.execute(&DELETE_TRIPLE, &params).await.map(drop)
}
