//! The system register.

use super::{document, text_of};
use crate::systemuser::domain::System;
use db::{Db, Row, Tx};
use jiff::Timestamp;
use serde_json::Value;

db::statements! {
    GET = "authn.system.get",
        "SELECT id, internal_id, vendor_org_no, name, description, rights, packages, redirect_urls, visible, deleted
         FROM authn_system WHERE id = $1";
    VISIBLE = "authn.system.visible", Heavy,
        "SELECT id, internal_id, vendor_org_no, name, description, rights, packages, redirect_urls, visible, deleted
         FROM authn_system WHERE deleted = FALSE AND visible = TRUE ORDER BY id";
    OF_VENDOR = "authn.system.of_vendor",
        "SELECT id, internal_id, vendor_org_no, name, description, rights, packages, redirect_urls, visible, deleted
         FROM authn_system WHERE vendor_org_no = $1 AND deleted = FALSE ORDER BY id";
    ALL = "authn.system.all", Heavy,
        "SELECT id, internal_id, vendor_org_no, name, description, rights, packages, redirect_urls, visible, deleted
         FROM authn_system ORDER BY id";
    INSERT = "authn.system.insert",
        "INSERT INTO authn_system (id, internal_id, vendor_org_no, name, description, rights, packages, redirect_urls,
                                   visible, deleted, created, changed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
    UPDATE = "authn.system.update",
        "UPDATE authn_system SET name = $2, description = $3, rights = $4, packages = $5, redirect_urls = $6,
                visible = $7, deleted = $8, changed = $9
         WHERE id = $1";
    CLIENTS = "authn.system.clients",
        "SELECT client_id FROM authn_system_client WHERE system_id = $1 ORDER BY position";
    BOUND = "authn.system.bound",
        "SELECT client_id FROM authn_system_client WHERE client_id IN {in:1} AND system_id <> $2";
    BIND = "authn.system.bind",
        "INSERT INTO authn_system_client (client_id, system_id, position) VALUES ($1, $2, $3)";
    UNBIND = "authn.system.unbind", "DELETE FROM authn_system_client WHERE system_id = $1";
    LOG = "authn.system.log",
        "INSERT INTO authn_system_change (system_id, number, change_type, changed_by_org_no, client_id, changed_data, created)
         SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5, $6
         FROM authn_system_change WHERE system_id = $1";
    CHANGES = "authn.system.changes",
        "SELECT change_type, changed_by_org_no, client_id, changed_data, created
         FROM authn_system_change WHERE system_id = $1 ORDER BY number DESC";
}

/// What was done to a system. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeType {
    Create = 1,
    Update = 2,
    RightsUpdate = 3,
    AccessPackageUpdate = 4,
    Delete = 5,
}

impl ChangeType {
    /// Word on the wire.
    pub fn word(self) -> &'static str {
        Self::word_of(self as i64)
    }

    /// Word on the wire, from the stored number.
    fn word_of(code: i64) -> &'static str {
        match code {
            1 => "create",
            2 => "update",
            3 => "rightsupdate",
            4 => "accesspackageupdate",
            5 => "delete",
            _ => "unknown",
        }
    }
}

/// One entry of the change log.
#[derive(Debug)]
pub(crate) struct Change {
    pub change_type: &'static str,
    pub changed_by_org_no: String,
    pub client_id: Option<String>,
    pub changed_data: Option<Value>,
    pub created: Timestamp,
}

/// A new entry of the change log.
#[derive(Debug)]
pub(crate) struct NewChange<'a> {
    pub change_type: ChangeType,
    pub org_no: &'a str,
    pub client_id: Option<&'a str>,
    pub data: Option<&'a Value>,
    pub at: Timestamp,
}

fn from_row(row: &Row, client_ids: Vec<String>) -> db::Result<System> {
    Ok(System {
        id: row.get(0)?,
        internal_id: row.get(1)?,
        vendor_org_no: row.get(2)?,
        name: document(row, 3)?,
        description: document(row, 4)?,
        rights: document(row, 5)?,
        packages: document(row, 6)?,
        client_ids,
        redirect_urls: document(row, 7)?,
        visible: row.get(8)?,
        deleted: row.get(9)?,
    })
}

/// The system, a deleted one too.
pub(crate) async fn get(db: &Db, id: &str) -> db::Result<Option<System>> {
    let Some(row) = db.query_opt(&GET, &db::params![id]).await? else { return Ok(None) };
    let clients = db.query(&CLIENTS, &db::params![id]).await?;
    let client_ids = clients.iter().map(|row| row.get(0)).collect::<db::Result<_>>()?;
    from_row(&row, client_ids).map(Some)
}

/// The system as seen from inside a transaction.
pub(crate) async fn get_in(tx: &mut Tx, id: &str) -> db::Result<Option<System>> {
    let Some(row) = tx.query_opt(&GET, &db::params![id]).await? else { return Ok(None) };
    let clients = tx.query(&CLIENTS, &db::params![id]).await?;
    let client_ids = clients.iter().map(|row| row.get(0)).collect::<db::Result<_>>()?;
    from_row(&row, client_ids).map(Some)
}

/// Systems for a list view: without their client ids.
pub(crate) async fn visible(db: &Db) -> db::Result<Vec<System>> {
    db.query(&VISIBLE, &db::params![]).await?.iter().map(|row| from_row(row, Vec::new())).collect()
}

/// A vendor's own systems for a list view: not deleted, also invisible, without their client ids.
pub(crate) async fn of_vendor(db: &Db, org_no: &str) -> db::Result<Vec<System>> {
    db.query(&OF_VENDOR, &db::params![org_no]).await?.iter().map(|row| from_row(row, Vec::new())).collect()
}

/// Every system with its client ids.
pub(crate) async fn all(db: &Db) -> db::Result<Vec<System>> {
    let mut systems = Vec::new();
    for row in db.query(&ALL, &db::params![]).await? {
        let id: String = row.get(0)?;
        let clients = db.query(&CLIENTS, &db::params![&id]).await?;
        systems.push(from_row(&row, clients.iter().map(|row| row.get(0)).collect::<db::Result<_>>()?)?);
    }
    Ok(systems)
}

/// Those of the client ids that are bound to another system than this one.
pub(crate) async fn bound_elsewhere(
    db: &Db,
    client_ids: &[String],
    system_id: &str,
) -> db::Result<Vec<String>> {
    if client_ids.is_empty() {
        return Ok(Vec::new());
    }
    let params = db::params![db::Value::list(client_ids), system_id];
    db.query(&BOUND, &params).await?.iter().map(|row| row.get(0)).collect()
}

/// A new system with its clients; [`db::Error::Unique`] when the id or a client was taken meanwhile.
pub(crate) async fn insert(tx: &mut Tx, system: &System, at: Timestamp) -> db::Result<()> {
    let params = db::params![
        &system.id,
        system.internal_id,
        &system.vendor_org_no,
        text_of(&system.name)?,
        text_of(&system.description)?,
        text_of(&system.rights)?,
        text_of(&system.packages)?,
        text_of(&system.redirect_urls)?,
        system.visible,
        system.deleted,
        at
    ];
    tx.execute(&INSERT, &params).await?;
    bind(tx, system).await
}

/// Writes everything of a system that may change, its client bindings too.
pub(crate) async fn update(tx: &mut Tx, system: &System, at: Timestamp) -> db::Result<()> {
    let params = db::params![
        &system.id,
        text_of(&system.name)?,
        text_of(&system.description)?,
        text_of(&system.rights)?,
        text_of(&system.packages)?,
        text_of(&system.redirect_urls)?,
        system.visible,
        system.deleted,
        at
    ];
    tx.execute(&UPDATE, &params).await?;
    tx.execute(&UNBIND, &db::params![&system.id]).await?;
    bind(tx, system).await
}

async fn bind(tx: &mut Tx, system: &System) -> db::Result<()> {
    for (position, client_id) in system.client_ids.iter().enumerate() {
        tx.execute(&BIND, &db::params![client_id, &system.id, position]).await?;
    }
    Ok(())
}

/// Must come after the change itself, which holds the system's row until commit: so no number is taken twice.
pub(crate) async fn log(tx: &mut Tx, system_id: &str, change: &NewChange<'_>) -> db::Result<()> {
    let params = db::params![
        system_id,
        change.change_type as i64,
        change.org_no,
        change.client_id,
        change.data.map(Value::to_string),
        change.at
    ];
    tx.execute(&LOG, &params).await.map(drop)
}

/// Newest first.
pub(crate) async fn changes(db: &Db, system_id: &str) -> db::Result<Vec<Change>> {
    let rows = db.query(&CHANGES, &db::params![system_id]).await?;
    rows.iter()
        .map(|row| {
            let data: Option<String> = row.get(3)?;
            Ok(Change {
                change_type: ChangeType::word_of(row.get(0)?),
                changed_by_org_no: row.get(1)?,
                client_id: row.get(2)?,
                changed_data: data.and_then(|text| serde_json::from_str(&text).ok()),
                created: row.get(4)?,
            })
        })
        .collect()
}
