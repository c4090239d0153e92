//! Who has seen a dialog, and what happened to its labels.

use super::{document, encode, named};
use crate::domain::labels::LabelChange;
use crate::domain::model::{Actor, Seen};
use crate::domain::names::{ActorType, Label};
use db::{Db, Row, Tx, Value, params};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    SEEN = "dialog.seen",
        "SELECT id, seen_at, actor_id, actor_name, via_owner, dialog_id FROM dialog_seen WHERE dialog_id = $1 \
         ORDER BY seen_at, id";
    SEEN_OF_MANY = "dialog.seen_of_many",
        "SELECT id, seen_at, actor_id, actor_name, via_owner, dialog_id FROM dialog_seen WHERE dialog_id IN {in:1} \
         AND seen_at >= $2 ORDER BY seen_at, id";
    ADD_SEEN = "dialog.add_seen",
        "INSERT INTO dialog_seen (id, dialog_id, seen_at, actor_id, actor_name, via_owner) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
    LABEL_LOG = "dialog.label_log",
        "SELECT created_at, label, is_set, actor FROM dialog_label_log WHERE dialog_id = $1 ORDER BY created_at, place";
    ADD_LABEL = "dialog.add_label",
        "INSERT INTO dialog_label_log (id, dialog_id, created_at, place, label, is_set, actor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
}

/// One line of the label log, as stored.
#[derive(Debug, Clone)]
pub struct LabelLine {
    /// When.
    pub at: Timestamp,
    /// What.
    pub change: LabelChange,
    /// By whom.
    pub by: Actor,
}

fn seen(row: &Row) -> db::Result<(Uuid, Seen)> {
    let by = Actor { kind: ActorType::PartyRepresentative, id: Some(row.get(2)?), name: row.get(3)? };
    Ok((row.get(5)?, Seen { id: row.get(0)?, at: row.get(1)?, by, via_owner: row.get(4)? }))
}

/// Everyone who has seen a dialog, every time.
pub async fn seen_of(db: &Db, dialog: Uuid) -> db::Result<Vec<Seen>> {
    db.query(&SEEN, &params![dialog]).await?.iter().map(|row| Ok(seen(row)?.1)).collect()
}

/// Who has seen these dialogs since a time.
pub async fn seen_of_many(db: &Db, dialogs: &[Uuid], since: Timestamp) -> db::Result<Vec<(Uuid, Seen)>> {
    let rows = db.query(&SEEN_OF_MANY, &[Value::list(dialogs), Value::from(since)]).await?;
    rows.iter().map(seen).collect()
}

/// Notes that an actor has seen a dialog; `false` when that is noted already.
pub async fn add_seen(tx: &mut Tx, dialog: Uuid, seen: &Seen) -> db::Result<bool> {
    let actor = seen.by.id.as_deref().unwrap_or_default();
    let row = params![seen.id, dialog, seen.at, actor, seen.by.name.as_deref(), seen.via_owner];
    Ok(tx.execute(&ADD_SEEN, &row).await? == 1)
}

/// The label log, oldest first.
pub async fn label_log(db: &Db, dialog: Uuid) -> db::Result<Vec<LabelLine>> {
    let rows = db.query(&LABEL_LOG, &params![dialog]).await?;
    rows.iter()
        .map(|row| {
            let change = LabelChange { label: named(row, 1, Label::from_code)?, set: row.get(2)? };
            Ok(LabelLine { at: row.get(0)?, change, by: document(row, 3)? })
        })
        .collect()
}

/// Adds the changes of one moment to the label log.
pub async fn add_labels(
    tx: &mut Tx,
    dialog: Uuid,
    at: Timestamp,
    changes: &[(Uuid, LabelChange)],
    by: &Actor,
) -> db::Result<()> {
    for (place, (id, change)) in changes.iter().enumerate() {
        let row = params![*id, dialog, at, place, change.label.code(), change.set, encode(by)?];
        tx.execute(&ADD_LABEL, &row).await?;
    }
    Ok(())
}
