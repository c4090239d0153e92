//! Labels that users set.

use crate::Dialogporten;
use crate::caller::EndUser;
use crate::domain::names::Label;
use crate::domain::rules::Errors;
use crate::error::Error;
use crate::store;
use crate::wire::reader::{JsonError, Obj};
use audit::Action;
use db::write_tx;
use serde_json::Value;
use uuid::Uuid;

/// Labels to add and to remove.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelSet {
    /// Put on.
    pub add: Vec<Label>,
    /// Taken off.
    pub remove: Vec<Label>,
}

/// Reads `addLabels` (or its older name `systemLabels`) and `removeLabels`.
pub fn read(obj: &Obj) -> Result<(LabelSet, Errors), JsonError> {
    let list = |name: &str| -> Result<Vec<Label>, JsonError> {
        let mut labels: Vec<Label> = Vec::new();
        for (i, value) in obj.values(name)?.iter().enumerate() {
            let label = match value {
                Value::String(text) => Label::parse(text),
                Value::Number(n) => n.as_i64().and_then(Label::from_code),
                _ => None,
            };
            let path = format!("{}[{i}]", obj.path(name));
            let label = label.ok_or_else(|| crate::wire::reader::wrong(&path, "a system label"))?;
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        Ok(labels)
    };
    let mut set = LabelSet { add: list("addLabels")?, remove: list("removeLabels")? };
    set.add.extend(list("systemLabels")?);
    let mut errors = Errors::default();
    for (name, labels) in [("addLabels", &set.add), ("removeLabels", &set.remove)] {
        if labels.contains(&Label::Sent) {
            errors.push(
                format!("dto.{name}"),
                "The 'Sent' label cannot be changed; it is set automatically by transmissions of type Submission or Correction.",
            );
        }
    }
    Ok((set, errors))
}

impl Dialogporten {
    /// Ids of the dialogs that do not exist (any more) or that the user may not read.
    pub(crate) async fn not_allowed(&self, user: &EndUser, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
        let mut refused = Vec::new();
        for id in ids {
            // WIRE: dialogporten §8.6, labels are for whoever finds the dialog in a list.
            match self.readable_part(user, *id).await {
                Ok(_) => {}
                Err(Error::Gone(_)) => refused.push(*id),
                Err(Error::NotFound(..)) => match store::dialogs::get(&self.ctx.db, *id).await? {
                    Some(dialog) if self.is_listed(user, &dialog).await? => {}
                    _ => refused.push(*id),
                },
                Err(error) => return Err(error),
            }
        }
        Ok(refused)
    }

    /// Sets labels on dialogs that the user may label, all or none. `expected`: revision that each must have.
    /// Answers the last dialog's revision of labels.
    pub(crate) async fn label(
        &self,
        user: &EndUser,
        dialogs: &[(Uuid, Option<Uuid>)],
        set: &LabelSet,
    ) -> Result<Option<Uuid>, Error> {
        let now = self.ctx.clock.now();
        let by = user.actor();
        write_tx!(self.ctx.db, "dialog.label", |tx| {
            let mut last = None;
            for (id, expected) in dialogs {
                let current = store::dialogs::get_locked(tx, *id).await?;
                let mut dialog =
                    current.filter(|d| d.deleted_at.is_none()).ok_or_else(|| Error::no_dialog(*id))?;
                if expected.is_some_and(|e| e != dialog.user_revision) {
                    return Err(Error::Precondition);
                }
                let labels = dialog.labels.apply(&set.add, &set.remove);
                let changes = dialog.labels.changes_to(labels);
                if labels != dialog.labels {
                    let revision = self.ctx.ids.uuid();
                    if !store::dialogs::set_labels(tx, *id, dialog.user_revision, labels, revision).await? {
                        return Err(Error::race());
                    }
                    self.log_labels(tx, &dialog, &changes, &by).await?;
                    store::dialogs::audit(tx, &dialog, now, Action::DialogLabel).await?;
                    dialog.user_revision = revision;
                }
                last = Some(dialog.user_revision);
            }
            Ok::<_, Error>(last)
        })
    }
}
