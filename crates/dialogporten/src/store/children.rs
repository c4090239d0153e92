//! Transmissions and activities.

use super::{document, encode};
use crate::domain::model::{Activity, Aggregate, Dialog, Transmission};
use db::{Db, Row, Tx, params};
use uuid::Uuid;

db::statements! {
    TRANSMISSIONS = "dialog.transmissions",
        "SELECT document FROM dialog_transmission WHERE dialog_id = $1 ORDER BY place";
    ACTIVITIES = "dialog.activities", "SELECT document FROM dialog_activity WHERE dialog_id = $1 ORDER BY place";
    ADD_TRANSMISSION = "dialog.add_transmission",
        "INSERT INTO dialog_transmission (id, dialog_id, created_at, place, idempotent_key, document, related) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    RELATED = "dialog.transmission_related",
        "SELECT related FROM dialog_transmission WHERE id = $1 AND dialog_id = $2";
    ANSWERS = "dialog.transmission_answers",
        "SELECT count(*) FROM dialog_transmission WHERE dialog_id = $1 AND related = $2";
    ADD_ACTIVITY = "dialog.add_activity",
        "INSERT INTO dialog_activity (id, dialog_id, created_at, place, document) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING";
}

fn documents<T: serde::de::DeserializeOwned>(rows: &[Row]) -> db::Result<Vec<T>> {
    rows.iter().map(|row| document(row, 0)).collect()
}

fn assemble(
    dialog: Dialog,
    mut transmissions: Vec<Transmission>,
    mut activities: Vec<Activity>,
) -> Aggregate {
    // Stable: those of one time stay in the order in which they came.
    transmissions.sort_by_key(|t| t.created_at);
    activities.sort_by_key(|a| a.created_at);
    Aggregate { dialog, transmissions, activities }
}

/// Adds the children to a root that has been read.
pub async fn load(db: &Db, dialog: Dialog) -> db::Result<Aggregate> {
    let transmissions = documents(&db.query(&TRANSMISSIONS, &params![dialog.id]).await?)?;
    let activities = documents(&db.query(&ACTIVITIES, &params![dialog.id]).await?)?;
    Ok(assemble(dialog, transmissions, activities))
}

/// The same within a transaction.
pub async fn load_tx(tx: &mut Tx, dialog: Dialog) -> db::Result<Aggregate> {
    let transmissions = documents(&tx.query(&TRANSMISSIONS, &params![dialog.id]).await?)?;
    let activities = documents(&tx.query(&ACTIVITIES, &params![dialog.id]).await?)?;
    Ok(assemble(dialog, transmissions, activities))
}

/// Stores a new transmission at its place; `false` when the id is taken anywhere.
pub async fn add_transmission(tx: &mut Tx, dialog: Uuid, place: usize, t: &Transmission) -> db::Result<bool> {
    let row = params![t.id, dialog, t.created_at, place, t.idempotent_key.as_deref(), encode(t)?, t.related];
    Ok(tx.execute(&ADD_TRANSMISSION, &row).await? == 1)
}

/// Stores a new activity at its place; `false` when the id is taken anywhere.
pub async fn add_activity(tx: &mut Tx, dialog: Uuid, place: usize, a: &Activity) -> db::Result<bool> {
    Ok(tx.execute(&ADD_ACTIVITY, &params![a.id, dialog, a.created_at, place, encode(a)?]).await? == 1)
}

/// The chain of answers that ends in `id`, itself first, as far as `most`; empty when the dialog has no such transmission.
pub async fn chain(tx: &mut Tx, dialog: Uuid, id: Uuid, most: usize) -> db::Result<Vec<Uuid>> {
    let mut chain = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next.filter(|_| chain.len() < most) {
        let Some(row) = tx.query_opt(&RELATED, &params![id, dialog]).await? else { break };
        chain.push(id);
        next = row.get(0)?;
    }
    Ok(chain)
}

/// How many transmissions answer `id`.
pub async fn answers(tx: &mut Tx, dialog: Uuid, id: Uuid) -> db::Result<usize> {
    tx.query_one(&ANSWERS, &params![dialog, id]).await?.get(0)
}
