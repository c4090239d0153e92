//! CloudEvents that tell of changes, in the transaction of the change.

use crate::Dialogporten;
use crate::domain::change::Change;
use crate::domain::model::{Activity, Dialog, Transmission};
use db::Tx;
use jiff::Timestamp;
use ports::events::CloudEvent;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What happened to a dialog as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Made.
    Created,
    /// Changed.
    Updated,
    /// Deleted.
    Deleted,
    /// Taken back.
    Restored,
    /// Seen.
    Seen,
}

impl Happening {
    const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::Restored => "restored",
            Self::Seen => "seen",
        }
    }
}

fn processes(dialog: &Dialog) -> Map<String, Value> {
    let mut data = Map::new();
    for (name, value) in [("process", &dialog.process), ("precedingProcess", &dialog.preceding_process)] {
        if let Some(value) = value {
            data.insert(name.to_owned(), value.as_str().into());
        }
    }
    data
}

/// The event, complete but for where it goes.
fn event(
    base: &str,
    dialog: &Dialog,
    id: Uuid,
    kind: String,
    below: &str,
    data: Map<String, Value>,
    at: Timestamp,
) -> CloudEvent {
    let mut extra = Map::new();
    if !data.is_empty() {
        extra.insert("data".to_owned(), data.into());
    }
    CloudEvent {
        id,
        source: format!("{base}/enduser/dialogs/{}{below}", dialog.id),
        kind,
        subject: Some(dialog.party.clone()),
        alternative_subject: None,
        resource: Some(dialog.resource_urn()),
        resource_instance: Some(dialog.id.to_string()),
        time: at,
        extra,
    }
}

impl Dialogporten {
    /// Tells of something that happened to the dialog as a whole.
    pub(crate) async fn announce(
        &self,
        tx: &mut Tx,
        dialog: &Dialog,
        what: Happening,
        id: Option<Uuid>,
        at: Timestamp,
    ) -> db::Result<()> {
        let kind = format!("dialogporten.dialog.{}.v1", what.name());
        let id = id.unwrap_or_else(|| self.ctx.ids.uuid());
        let base = &self.ctx.config.issuers.dialogporten;
        self.events.publish(tx, event(base, dialog, id, kind, "", processes(dialog), at)).await
    }

    /// Tells of the parts that a change has added.
    pub(crate) async fn announce_parts(
        &self,
        tx: &mut Tx,
        dialog: &Dialog,
        change: &Change,
        at: Timestamp,
    ) -> db::Result<()> {
        let base = &self.ctx.config.issuers.dialogporten;
        for transmission in &change.transmissions {
            let id = self.ctx.ids.uuid();
            self.events.publish(tx, transmission_event(base, dialog, transmission, id, at)).await?;
        }
        for activity in &change.activities {
            let id = self.ctx.ids.uuid();
            self.events.publish(tx, activity_event(base, dialog, activity, id, at)).await?;
        }
        Ok(())
    }
}

fn transmission_event(
    base: &str,
    dialog: &Dialog,
    transmission: &Transmission,
    id: Uuid,
    at: Timestamp,
) -> CloudEvent {
    let mut data = processes(dialog);
    let sender = if transmission.kind.is_from_party() { "PartyRepresentative" } else { "ServiceOwner" };
    data.insert("senderType".to_owned(), json!(sender));
    let below = format!("/transmissions/{}", transmission.id);
    event(base, dialog, id, "dialogporten.dialog.transmission.created.v1".to_owned(), &below, data, at)
}

fn activity_event(base: &str, dialog: &Dialog, activity: &Activity, id: Uuid, at: Timestamp) -> CloudEvent {
    let mut data = processes(dialog);
    data.insert("activityId".to_owned(), json!(activity.id));
    if let Some(extended) = &activity.extended_type {
        data.insert("extendedActivityType".to_owned(), json!(extended));
    }
    let kind = format!("dialogporten.dialog.activity.{}.v1", activity.kind.event_name());
    event(base, dialog, id, kind, &format!("/activities/{}", activity.id), data, at)
}
