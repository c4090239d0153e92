//! The root row of a dialog.

use super::{decode, document, encode, named};
use crate::domain::draft::PartKind;
use crate::domain::labels::Labels;
use crate::domain::model::{Aggregate, Dialog};
use crate::domain::names::Status;
use audit::{Action, Entry};
use db::{Db, Row, Tx, params};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

macro_rules! columns {
    () => {
        "id, revision, org, idempotent_key, resource, resource_type, party, party_uuid, progress, extended_status, \
         external_reference, process, preceding_process, visible_from, due_at, expires_at, created_at, updated_at, \
         content_updated_at, deleted_at, frozen, status, labels, api_only, has_unopened, content_seen, \
         user_revision, owner_revision, from_owner, from_party, owner_labels, content, parts, latest_activity"
    };
}
pub(super) use columns;

db::statements! {
    /// One dialog.
    GET = "dialog.get", concat!("SELECT ", columns!(), " FROM dialog WHERE id = $1");
    /// One dialog, held against other writers until commit.
    GET_LOCKED = "dialog.get_locked", concat!("SELECT ", columns!(), " FROM dialog WHERE id = $1 {for_update}");
    BY_KEY = "dialog.by_key", "SELECT id, deleted_at FROM dialog WHERE org = $1 AND idempotent_key = $2";
    INSERT = "dialog.insert", concat!(
        "INSERT INTO dialog (", columns!(), ", due_sort, words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
         $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, \
         $34, $35, $36) ON CONFLICT DO NOTHING");
    UPDATE = "dialog.update",
        "UPDATE dialog SET revision = $4, progress = $5, extended_status = $6, external_reference = $7, process = $8, \
         preceding_process = $9, due_at = $10, expires_at = $11, updated_at = $12, content_updated_at = $13, \
         deleted_at = $14, status = $15, labels = $16, api_only = $17, has_unopened = $18, content_seen = $19, \
         user_revision = $20, from_owner = $21, from_party = $22, content = $23, parts = $24, latest_activity = $25, \
         due_sort = $26, words = $27 WHERE id = $1 AND revision = $2 AND user_revision = $3";
    APPEND = "dialog.append",
        "UPDATE dialog SET revision = $4, updated_at = $5, content_updated_at = $6, status = $7, labels = $8, \
         has_unopened = $9, content_seen = $10, user_revision = $11, from_owner = $12, from_party = $13, \
         words = words || $14 WHERE id = $1 AND revision = $2 AND user_revision = $3";
    SCOPE = "dialog.scope",
        "INSERT INTO dialog_scope (party_uuid, resource) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    PURGE = "dialog.purge", "DELETE FROM dialog WHERE id = $1 AND revision = $2";
    LABELS = "dialog.labels",
        "UPDATE dialog SET labels = $3, user_revision = $4 WHERE id = $1 AND user_revision = $2";
    CONTENT_SEEN = "dialog.content_seen",
        "UPDATE dialog SET content_seen = $3 WHERE id = $1 AND content_updated_at = $2";
    PART = "dialog.part",
        "INSERT INTO dialog_part (kind, id, dialog_id) VALUES ($1, $2, $3) ON CONFLICT (kind, id) DO UPDATE SET \
         dialog_id = excluded.dialog_id WHERE dialog_part.dialog_id = excluded.dialog_id";
}

/// From a row of `columns!`.
pub(super) fn from_row(row: &Row) -> db::Result<Dialog> {
    let latest: Option<String> = row.get(33)?;
    Ok(Dialog {
        id: row.get(0)?,
        revision: row.get(1)?,
        org: row.get(2)?,
        idempotent_key: row.get(3)?,
        resource: row.get(4)?,
        resource_type: row.get(5)?,
        party: row.get(6)?,
        party_uuid: row.get(7)?,
        progress: row.get(8)?,
        extended_status: row.get(9)?,
        external_reference: row.get(10)?,
        process: row.get(11)?,
        preceding_process: row.get(12)?,
        visible_from: row.get(13)?,
        due_at: row.get(14)?,
        expires_at: row.get(15)?,
        created_at: row.get(16)?,
        updated_at: row.get(17)?,
        content_updated_at: row.get(18)?,
        deleted_at: row.get(19)?,
        frozen: row.get(20)?,
        status: named(row, 21, Status::from_code)?,
        labels: Labels::from_mask(row.get(22)?),
        api_only: row.get(23)?,
        has_unopened: row.get(24)?,
        content_seen: row.get(25)?,
        user_revision: row.get(26)?,
        owner_revision: row.get(27)?,
        from_owner: row.get(28)?,
        from_party: row.get(29)?,
        owner_labels: document(row, 30)?,
        content: document(row, 31)?,
        parts: document(row, 32)?,
        latest_activity: latest.map(|text| decode(&text, 33)).transpose()?,
    })
}

/// Dialogs without a deadline come after all that have one.
fn due_sort(dialog: &Dialog) -> Timestamp {
    dialog.due_at.unwrap_or_else(no_deadline)
}

/// Stands for "no deadline" in the order.
pub fn no_deadline() -> Timestamp {
    // 9999-12-31T00:00:00Z, which both engines can hold.
    Timestamp::from_second(253_402_214_400).unwrap_or(Timestamp::MAX)
}

/// A dialog by id.
pub async fn get(db: &Db, id: Uuid) -> db::Result<Option<Dialog>> {
    db.query_opt(&GET, &params![id]).await?.as_ref().map(from_row).transpose()
}

/// A dialog by id, in a transaction that will change it.
pub async fn get_locked(tx: &mut Tx, id: Uuid) -> db::Result<Option<Dialog>> {
    tx.query_opt(&GET_LOCKED, &params![id]).await?.as_ref().map(from_row).transpose()
}

/// The dialog that a service owner made with this key, and whether it is deleted.
pub async fn by_key(tx: &mut Tx, org: &str, key: &str) -> db::Result<Option<(Uuid, bool)>> {
    let row = tx.query_opt(&BY_KEY, &params![org, key]).await?;
    row.map(|row| Ok((row.get(0)?, row.get::<Option<Timestamp>>(1)?.is_some()))).transpose()
}

/// Inserts the root row; `false` when the id or key is taken.
pub async fn insert(tx: &mut Tx, aggregate: &Aggregate) -> db::Result<bool> {
    let d = &aggregate.dialog;
    let row = params![
        d.id,
        d.revision,
        &d.org,
        d.idempotent_key.as_deref(),
        &d.resource,
        &d.resource_type,
        &d.party,
        d.party_uuid,
        d.progress,
        d.extended_status.as_deref(),
        d.external_reference.as_deref(),
        d.process.as_deref(),
        d.preceding_process.as_deref(),
        d.visible_from,
        d.due_at,
        d.expires_at,
        d.created_at,
        d.updated_at,
        d.content_updated_at,
        d.deleted_at,
        d.frozen,
        d.status.code(),
        d.labels.mask(),
        d.api_only,
        d.has_unopened,
        d.content_seen,
        d.user_revision,
        d.owner_revision,
        d.from_owner,
        d.from_party,
        encode(&d.owner_labels)?,
        encode(&d.content)?,
        encode(&d.parts)?,
        d.latest_activity.as_ref().map(encode).transpose()?,
        due_sort(d),
        super::search::words(aggregate)
    ];
    if tx.execute(&INSERT, &row).await? == 0 {
        return Ok(false);
    }
    if let Some(party) = d.party_uuid {
        tx.execute(&SCOPE, &params![party, &d.resource]).await?;
    }
    Ok(true)
}

/// Writes the root row if nobody changed it since it had these revisions.
pub async fn update(tx: &mut Tx, aggregate: &Aggregate, was: (Uuid, Uuid)) -> db::Result<bool> {
    let d = &aggregate.dialog;
    let row = params![
        d.id,
        was.0,
        was.1,
        d.revision,
        d.progress,
        d.extended_status.as_deref(),
        d.external_reference.as_deref(),
        d.process.as_deref(),
        d.preceding_process.as_deref(),
        d.due_at,
        d.expires_at,
        d.updated_at,
        d.content_updated_at,
        d.deleted_at,
        d.status.code(),
        d.labels.mask(),
        d.api_only,
        d.has_unopened,
        d.content_seen,
        d.user_revision,
        d.from_owner,
        d.from_party,
        encode(&d.content)?,
        encode(&d.parts)?,
        d.latest_activity.as_ref().map(encode).transpose()?,
        due_sort(d),
        super::search::words(aggregate)
    ];
    Ok(tx.execute(&UPDATE, &row).await? == 1)
}

/// Writes what a new transmission changes in the root row if nobody changed it since it had these revisions; `words` are the
/// transmission's own.
pub async fn append(tx: &mut Tx, d: &Dialog, was: (Uuid, Uuid), words: &str) -> db::Result<bool> {
    let row = params![
        d.id,
        was.0,
        was.1,
        d.revision,
        d.updated_at,
        d.content_updated_at,
        d.status.code(),
        d.labels.mask(),
        d.has_unopened,
        d.content_seen,
        d.user_revision,
        d.from_owner,
        d.from_party,
        format!("\n{words}")
    ];
    Ok(tx.execute(&APPEND, &row).await? == 1)
}

/// Removes a dialog and everything of it; its audit rows stay.
pub async fn purge(tx: &mut Tx, id: Uuid, revision: Uuid) -> db::Result<bool> {
    Ok(tx.execute(&PURGE, &params![id, revision]).await? == 1)
}

/// Writes the labels of the users if nobody changed them since `was`.
pub async fn set_labels(
    tx: &mut Tx,
    id: Uuid,
    was: Uuid,
    labels: Labels,
    revision: Uuid,
) -> db::Result<bool> {
    Ok(tx.execute(&LABELS, &params![id, was, labels.mask(), revision]).await? == 1)
}

/// Notes that somebody has seen the content of this time.
pub async fn set_content_seen(tx: &mut Tx, id: Uuid, content: Timestamp) -> db::Result<()> {
    tx.execute(&CONTENT_SEEN, &params![id, content, true]).await.map(drop)
}

/// Takes an id that a client chose for a part; `false` when another dialog has it.
pub async fn take_part_id(tx: &mut Tx, kind: PartKind, id: Uuid, dialog: Uuid) -> db::Result<bool> {
    Ok(tx.execute(&PART, &params![kind as i64, id, dialog]).await? == 1)
}

/// Writes down what was done to a dialog.
pub async fn audit(tx: &mut Tx, dialog: &Dialog, at: Timestamp, action: Action) -> db::Result<()> {
    let entry = Entry::new(action, at, "dialog", dialog.id).on_behalf_of(dialog.party_uuid);
    let detail = json!({ "revision": dialog.revision });
    audit::put(tx, &entry.resource(&dialog.resource).detail(detail)).await
}
