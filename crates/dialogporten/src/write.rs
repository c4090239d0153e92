//! Making and changing dialogs for service owners.

use crate::Dialogporten;
use crate::announce::Happening;
use crate::caller::Owner;
use crate::domain::change::{self, Change, Facts, Manner};
use crate::domain::draft::DialogInput;
use crate::domain::labels::LabelChange;
use crate::domain::model::{Actor, Aggregate, Dialog};
use crate::domain::party;
use crate::domain::rules::{Errors, RESOURCE_PREFIX};
use crate::error::Error;
use crate::store;
use audit::Action;
use db::{Tx, write_tx};
use ports::resourceregistry::Resource;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Types of resource that may have dialogs.
const TYPES: [&str; 4] = ["GenericAccessResource", "AltinnApp", "MigratedApp", "CorrespondenceService"];

/// What is known of a request before its transaction begins.
#[derive(Clone)]
struct Checked {
    /// 422 so far.
    errors: Errors,
    /// 403 that only counts when nothing is unprocessable.
    forbidden: Option<String>,
}

impl Dialogporten {
    /// Is the resource one of the caller's own?
    pub(crate) async fn owns(&self, owner: &Owner, resource: &str) -> Result<bool, Error> {
        let found = self.resources.resource(resource).await?;
        Ok(found.is_some_and(|r| r.owner_org_no == owner.org_no))
    }

    /// A dialog that the caller owns (an administrator owns all); any other does not exist for it.
    pub(crate) async fn owned(&self, owner: &Owner, id: Uuid) -> Result<Dialog, Error> {
        let dialog = store::dialogs::get(&self.ctx.db, id).await?.ok_or_else(|| Error::no_dialog(id))?;
        if owner.privileges.admin || self.owns(owner, &dialog.resource).await? {
            Ok(dialog)
        } else {
            Err(Error::no_dialog(id))
        }
    }

    /// The same for activities and transmissions, which compare the code of the owner.
    pub(crate) async fn owned_by_code(&self, owner: &Owner, id: Uuid) -> Result<Dialog, Error> {
        let dialog = store::dialogs::get(&self.ctx.db, id).await?.ok_or_else(|| Error::no_dialog(id))?;
        if owner.privileges.admin || (dialog.org == owner.org && !owner.org.is_empty()) {
            Ok(dialog)
        } else {
            Err(Error::no_dialog(id))
        }
    }

    fn manner(&self, owner: &Owner, silent: bool) -> Manner {
        Manner { now: self.ctx.clock.now(), silent, admin: owner.privileges.admin }
    }

    /// Makes a dialog from input that has passed the rules. Answers id and revision.
    pub(crate) async fn create_dialog(
        &self,
        owner: &Owner,
        mut input: DialogInput,
        silent: bool,
    ) -> Result<(Uuid, Uuid), Error> {
        let resource = self.resources.resource(&input.resource).await?;
        let mut checked = self.check(owner, resource.as_ref(), &mut input).await?;
        let known =
            resource.as_ref().filter(|r| TYPES.iter().any(|t| t.eq_ignore_ascii_case(&r.resource_type)));
        if known.is_none() {
            let urn = format!("{RESOURCE_PREFIX}{}", input.resource);
            let text = format!(
                "Service resource '{urn}' does not exist in the resource registry, or its type is not supported."
            );
            checked.errors.push("ServiceResource", text);
        }
        let party = match party::lookup(&input.party) {
            Some(by) => self.register.party(&by).await?.map(|p| p.uuid),
            None => None,
        };
        let now = self.ctx.clock.now();
        let facts = Facts {
            id: input.id.unwrap_or_else(|| self.ctx.ids.uuid_v7(now)),
            revisions: [self.ctx.ids.uuid(), self.ctx.ids.uuid(), self.ctx.ids.uuid()],
            org: resource.as_ref().map_or_else(|| owner.org.clone(), |r| r.owner_code.clone()),
            resource_type: resource.map(|r| r.resource_type).unwrap_or_default(),
            party,
        };
        let chosen = input.chosen.clone();
        let made = change::create(input, facts, self.manner(owner, silent));
        let (aggregate, change) = checked.finish(made)?;
        write_tx!(self.ctx.db, "dialog.create", |tx| {
            self.insert(tx, &aggregate, &change, silent).await?;
            self.take_ids(tx, &chosen, aggregate.dialog.id).await
        })?;
        Ok((aggregate.dialog.id, aggregate.dialog.revision))
    }

    /// Ownership, resource type and actors: everything that the registers know.
    async fn check(
        &self,
        owner: &Owner,
        resource: Option<&Resource>,
        input: &mut DialogInput,
    ) -> Result<Checked, Error> {
        let mut errors = Errors::default();
        let mut unowned: BTreeSet<String> = BTreeSet::new();
        let admin = owner.privileges.admin;
        if let Some(resource) = resource.filter(|r| r.owner_org_no != owner.org_no && !admin) {
            unowned.insert(format!("{RESOURCE_PREFIX}{}", resource.identifier));
        }
        let gui = input.parts.gui_actions.iter().filter_map(|a| a.attribute.as_ref());
        let api = input.parts.api_actions.iter().filter_map(|a| a.attribute.as_ref());
        let sent = input.transmissions.iter().filter_map(|t| t.attribute.as_ref());
        let named: BTreeSet<&String> = gui.chain(api).chain(sent).collect();
        for urn in named.into_iter().filter(|_| !admin) {
            if let Some(id) = urn.strip_prefix(RESOURCE_PREFIX)
                && !self.owns(owner, &id.to_lowercase()).await?
            {
                unowned.insert(urn.clone());
            }
        }
        // One look-up for each actor, however often it appears.
        let mut names: HashMap<String, Option<String>> = HashMap::new();
        let senders = input.transmissions.iter_mut().map(|t| &mut t.sender);
        for actor in senders.chain(input.activities.iter_mut().map(|a| &mut a.by)) {
            let Some(id) = actor.id.clone() else { continue };
            if !names.contains_key(&id) {
                let name = self.name_of(&id).await?;
                names.insert(id.clone(), name);
            }
            actor.name = names.get(&id).cloned().flatten();
            if actor.name.is_none() {
                errors.push("ActorId", format!("Unable to look up name for actor id: {id}"));
            }
        }
        let message = resource.is_some_and(|r| r.resource_type.eq_ignore_ascii_case(TYPES[3]));
        let correspondence = owner.privileges.correspondence || admin;
        let forbidden = if !unowned.is_empty() {
            let list = unowned.into_iter().collect::<Vec<_>>().join(", ");
            Some(format!("Not allowed to reference the following unowned resources: [{list}]."))
        } else if message && !correspondence {
            Some(format!("User cannot create or modify a dialog with resource type {}.", TYPES[3]))
        } else if !correspondence && input.activities.iter().any(|a| a.kind.of_correspondence()) {
            Some("Use of CorrespondenceConfirmed or CorrespondenceOpened activity types requires the scope digdir:dialogporten.correspondence.".to_owned())
        } else {
            None
        };
        Ok(Checked { errors, forbidden })
    }

    /// Name of an actor that is given by id.
    async fn name_of(&self, id: &str) -> Result<Option<String>, Error> {
        let found = match party::lookup(id) {
            Some(by) => self.register.party(&by).await?,
            None => None,
        };
        let own_name = id.contains(":legacy-selfidentified:") || id.contains(":idporten-email:");
        Ok(match found {
            Some(party) => Some(party::actor_name(&party)),
            None if id.starts_with("urn:altinn:systemuser:") => Some("Systembruker".to_owned()),
            None if own_name => id.rsplit(':').next().map(str::to_owned),
            None => None,
        })
    }

    /// Replaces or extends a dialog. `change` turns the stored dialog into the new one.
    pub(crate) async fn change_dialog(
        &self,
        owner: &Owner,
        dialog: &Dialog,
        mut input: DialogInput,
        write: Write<'_>,
    ) -> Result<(Uuid, bool), Error> {
        let id = dialog.id;
        let resource = self.resources.resource(&dialog.resource).await?;
        let checked = self.check(owner, resource.as_ref(), &mut input).await?;
        let manner = self.manner(owner, write.silent);
        let (revision, user_revision) = (self.ctx.ids.uuid(), self.ctx.ids.uuid());
        let chosen = input.chosen.clone();
        let admin = owner.privileges.admin;
        let outcome = write_tx!(self.ctx.db, "dialog.change", |tx| {
            let current = store::dialogs::get_locked(tx, id).await?.ok_or_else(|| Error::no_dialog(id))?;
            if current.deleted_at.is_some() && !(admin && write.activity_only) {
                return Err(Error::Gone(id));
            }
            if current.frozen && !admin {
                return Err(Error::Forbidden(FROZEN.to_owned()));
            }
            if let Some(expected) = write.if_match {
                expected(current.revision)?;
            }
            let was = (current.revision, current.user_revision);
            let mut aggregate = store::children::load_tx(tx, current).await?;
            let stored = (aggregate.transmissions.len(), aggregate.activities.len());
            let input = input.clone();
            let made = if write.replace {
                change::update(&mut aggregate, input, manner)
            } else {
                change::append(
                    &mut aggregate,
                    input.transmissions,
                    input.activities,
                    manner,
                    (false, false),
                    Errors::default(),
                )
            };
            let made = made.map_err(|refused| match refused {
                // WIRE: dialogporten §5, the single activity has a key of its own.
                change::Refused::Domain(errors) if write.activity_only => {
                    change::Refused::Domain(errors.renamed("Activities", "Activity.TransmissionId"))
                }
                other => other,
            });
            let change = checked.clone().finish(made)?;
            let labels = !change.labels.is_empty();
            if !change.changed && !labels {
                return Ok((was.0, false));
            }
            if change.changed {
                aggregate.dialog.revision = revision;
            }
            if labels {
                aggregate.dialog.user_revision = user_revision;
            }
            self.save(tx, &aggregate, &change, was, stored, write.silent, manner.now).await?;
            self.take_ids(tx, &chosen, id).await?;
            Ok((aggregate.dialog.revision, change.changed))
        })?;
        Ok(outcome)
    }

    async fn take_ids(
        &self,
        tx: &mut Tx,
        chosen: &[(crate::domain::draft::PartKind, Uuid)],
        dialog: Uuid,
    ) -> Result<(), Error> {
        for (kind, id) in chosen {
            if !store::dialogs::take_part_id(tx, *kind, *id, dialog).await? {
                return Err(Error::Domain(Errors::one(kind.entity(), id_taken(*id))));
            }
        }
        Ok(())
    }

    /// Stores a new dialog with everything that belongs to it.
    pub(crate) async fn insert(
        &self,
        tx: &mut Tx,
        aggregate: &Aggregate,
        change: &Change,
        silent: bool,
    ) -> Result<(), Error> {
        let d = &aggregate.dialog;
        let now = self.ctx.clock.now();
        if let Some(key) = &d.idempotent_key {
            self.check_key(tx, &d.org, key).await?;
        }
        if !store::dialogs::insert(tx, aggregate).await? {
            return Err(Error::Domain(Errors::one("Dialog", id_taken(d.id))));
        }
        self.add_children(tx, d, change, (0, 0)).await?;
        self.log_labels(tx, d, &change.labels, &Actor::SERVICE_OWNER).await?;
        store::dialogs::audit(tx, d, now, Action::DialogCreate).await?;
        if !silent {
            self.announce(tx, d, Happening::Created, None, now).await?;
            self.announce_parts(tx, d, change, now).await?;
        }
        Ok(())
    }

    async fn check_key(&self, tx: &mut Tx, org: &str, key: &str) -> Result<(), Error> {
        match store::dialogs::by_key(tx, org, key).await? {
            None => Ok(()),
            Some((id, false)) => {
                Err(Error::Conflict("IdempotentKey", format!("'{key}' already exists with DialogId '{id}'")))
            }
            Some((_, true)) => Err(Error::Domain(Errors::one(
                "Dialog",
                format!("Key ('Org', 'IdempotentKey')=({org}, {key}) already exists."),
            ))),
        }
    }

    /// Stores a changed dialog with what was added to it, if nobody changed it meanwhile.
    #[expect(clippy::too_many_arguments, reason = "one call writes everything of one change")]
    pub(crate) async fn save(
        &self,
        tx: &mut Tx,
        aggregate: &Aggregate,
        change: &Change,
        was: (Uuid, Uuid),
        stored: (usize, usize),
        silent: bool,
        now: jiff::Timestamp,
    ) -> Result<(), Error> {
        if !store::dialogs::update(tx, aggregate, was).await? {
            return Err(Error::race());
        }
        self.follow(tx, &aggregate.dialog, change, stored, silent, now).await
    }

    /// Stores what follows a changed root row: the parts that were added, the logs, the events.
    pub(crate) async fn follow(
        &self,
        tx: &mut Tx,
        d: &Dialog,
        change: &Change,
        stored: (usize, usize),
        silent: bool,
        now: jiff::Timestamp,
    ) -> Result<(), Error> {
        self.add_children(tx, d, change, stored).await?;
        self.log_labels(tx, d, &change.labels, &Actor::SERVICE_OWNER).await?;
        store::dialogs::audit(tx, d, now, Action::DialogUpdate).await?;
        if change.changed && !silent {
            self.announce(tx, d, Happening::Updated, None, now).await?;
            self.announce_parts(tx, d, change, now).await?;
        }
        Ok(())
    }

    async fn add_children(
        &self,
        tx: &mut Tx,
        d: &Dialog,
        change: &Change,
        stored: (usize, usize),
    ) -> Result<(), Error> {
        for (i, t) in change.transmissions.iter().enumerate() {
            if !store::children::add_transmission(tx, d.id, stored.0 + i, t).await? {
                return Err(Error::Domain(Errors::one("DialogTransmission", id_taken(t.id))));
            }
        }
        for (i, a) in change.activities.iter().enumerate() {
            if !store::children::add_activity(tx, d.id, stored.1 + i, a).await? {
                return Err(Error::Domain(Errors::one("DialogActivity", id_taken(a.id))));
            }
        }
        Ok(())
    }

    /// Writes the label log.
    pub(crate) async fn log_labels(
        &self,
        tx: &mut Tx,
        d: &Dialog,
        changes: &[LabelChange],
        by: &Actor,
    ) -> Result<(), Error> {
        let now = self.ctx.clock.now();
        let lines: Vec<_> = changes.iter().map(|c| (self.ctx.ids.uuid_v7(now), *c)).collect();
        Ok(store::logs::add_labels(tx, d.id, now, &lines, by).await?)
    }
}

/// How a stored dialog is changed.
#[derive(Clone, Copy)]
pub struct Write<'a> {
    /// Keeps times and labels, tells nobody.
    pub silent: bool,
    /// Replaces what can be replaced; otherwise only appends.
    pub replace: bool,
    /// Only an activity is added, which an administrator may do to a deleted dialog.
    pub activity_only: bool,
    /// Checks the revision that the client expects.
    pub if_match: Option<Expected<'a>>,
}

/// 403 text for a frozen dialog.
pub const FROZEN: &str = "User cannot modify frozen dialog";

fn id_taken(id: Uuid) -> String {
    format!("Key ('Id')=({id}) already exists.")
}

impl Checked {
    /// WIRE: dialogporten §6.1, what is unprocessable outranks what is forbidden, and that a conflict.
    fn finish<T>(self, made: Result<T, change::Refused>) -> Result<T, Error> {
        let mut errors = self.errors;
        let made = match made {
            Err(change::Refused::Invalid(invalid)) => return Err(Error::Invalid(invalid)),
            Err(change::Refused::Domain(more)) => {
                for (path, messages) in more.iter() {
                    for message in messages {
                        errors.push(path, message);
                    }
                }
                None
            }
            Err(refused @ change::Refused::DuplicateKey(_)) => Some(Err(refused)),
            Ok(made) => Some(Ok(made)),
        };
        errors.into_result().map_err(Error::Domain)?;
        match (self.forbidden, made) {
            (Some(forbidden), _) => Err(Error::Forbidden(forbidden)),
            (None, Some(made)) => Ok(made?),
            // INVARIANT: an empty set of refusals is never a refusal.
            (None, None) => Err(Error::Domain(Errors::default())),
        }
    }
}

type Expected<'a> = &'a (dyn Fn(Uuid) -> Result<(), Error> + Send + Sync);

impl Dialogporten {
    fn check_type(owner: &Owner, dialog: &Dialog) -> Result<(), Error> {
        let message = dialog.resource_type.eq_ignore_ascii_case(TYPES[3]);
        if message && !owner.privileges.correspondence && !owner.privileges.admin {
            return Err(Error::Forbidden(format!("User cannot modify resource type {}.", TYPES[3])));
        }
        Ok(())
    }

    /// Soft-deletes a dialog or takes it back. Answers the revision.
    pub(crate) async fn set_deleted(
        &self,
        owner: &Owner,
        id: Uuid,
        delete: bool,
        silent: bool,
        if_match: Expected<'_>,
    ) -> Result<Uuid, Error> {
        let now = self.ctx.clock.now();
        write_tx!(self.ctx.db, "dialog.delete", |tx| {
            let current = store::dialogs::get_locked(tx, id).await?.ok_or_else(|| Error::no_dialog(id))?;
            if delete {
                if current.deleted_at.is_some() {
                    return Err(Error::Gone(id));
                }
                if current.frozen && !owner.privileges.admin {
                    return Err(Error::Forbidden(FROZEN.to_owned()));
                }
                Self::check_type(owner, &current)?;
            }
            if_match(current.revision)?;
            if !delete && current.deleted_at.is_none() {
                return Ok(current.revision);
            }
            let was = (current.revision, current.user_revision);
            let mut aggregate = store::children::load_tx(tx, current).await?;
            aggregate.dialog.deleted_at = delete.then_some(now);
            aggregate.dialog.revision = self.ctx.ids.uuid();
            if !store::dialogs::update(tx, &aggregate, was).await? {
                return Err(Error::race());
            }
            let d = &aggregate.dialog;
            let (what, action) = if delete {
                (Happening::Deleted, Action::DialogDelete)
            } else {
                (Happening::Restored, Action::DialogRestore)
            };
            store::dialogs::audit(tx, d, now, action).await?;
            if !silent {
                self.announce(tx, d, what, None, now).await?;
            }
            Ok::<_, Error>(d.revision)
        })
    }

    /// Removes a dialog for good.
    pub(crate) async fn purge(
        &self,
        owner: &Owner,
        id: Uuid,
        silent: bool,
        if_match: Expected<'_>,
    ) -> Result<(), Error> {
        let now = self.ctx.clock.now();
        write_tx!(self.ctx.db, "dialog.purge", |tx| {
            let current = store::dialogs::get_locked(tx, id).await?.ok_or_else(|| Error::no_dialog(id))?;
            Self::check_type(owner, &current)?;
            if_match(current.revision)?;
            if !store::dialogs::purge(tx, id, current.revision).await? {
                return Err(Error::race());
            }
            store::dialogs::audit(tx, &current, now, Action::DialogPurge).await?;
            if !silent && current.deleted_at.is_none() {
                self.announce(tx, &current, Happening::Deleted, None, now).await?;
            }
            Ok::<_, Error>(())
        })
    }
}
