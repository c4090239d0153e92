//! How a dialog is made and changed.

use super::draft::DialogInput;
use super::hierarchy;
use super::labels::{LabelChange, Labels};
use super::model::{Activity, Aggregate, ApiAction, Attachment, Dialog, Parts, Transmission};
use super::names::{ActivityType, Label, Status};
use super::rules::Errors;
use jiff::Timestamp;
use jiff::civil::date;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use uuid::Uuid;

/// Most transmissions of one side.
const MAX_COUNT: i64 = 32_767;

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A rule between the request and what is stored: 422.
    Domain(Errors),
    /// A rule of the request that depends on what is stored: 400.
    Invalid(Errors),
    /// Two transmissions with one key: 409.
    DuplicateKey(String),
}

/// How a change is made.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Business time.
    pub now: Timestamp,
    /// Keeps times and labels, tells nobody.
    pub silent: bool,
    /// The caller is an administrator.
    pub admin: bool,
}

/// What a change did, for the store and the events.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The aggregate differs: it has a new revision.
    pub changed: bool,
    /// New transmissions.
    pub transmissions: Vec<Transmission>,
    /// New activities.
    pub activities: Vec<Activity>,
    /// Labels put on and taken off.
    pub labels: Vec<LabelChange>,
}

/// Facts that do not come from the request.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Dialog id.
    pub id: Uuid,
    /// First revisions: of the dialog, of the users' labels, of the owner's labels.
    pub revisions: [Uuid; 3],
    /// Owner's code.
    pub org: String,
    /// Type of the resource.
    pub resource_type: String,
    /// Party in the register.
    pub party: Option<Uuid>,
}

/// Makes a dialog.
pub fn create(input: DialogInput, facts: Facts, manner: Manner) -> Result<(Aggregate, Change), Refused> {
    let now = manner.now;
    let mut errors = Errors::default();
    if !manner.silent && !manner.admin {
        for (key, at) in
            [("DueAt", input.due_at), ("ExpiresAt", input.expires_at), ("VisibleFrom", input.visible_from)]
        {
            if at.is_some_and(|at| at <= now) {
                errors.push(key, "Must be in the future");
            }
        }
    }
    let mut transmissions = input.transmissions;
    let hidden_until = input.visible_from.filter(|at| *at > now);
    if let Some(at) = hidden_until {
        for transmission in &mut transmissions {
            transmission.created_at = at;
        }
    }
    check_graph(&transmissions, &mut errors);
    let updated_at = hidden_until.or(input.updated_at).unwrap_or(now);
    let created_at = hidden_until.or(input.created_at).unwrap_or(now);
    let imported = created_at
        < date(2025, 12, 1).to_zoned(jiff::tz::TimeZone::UTC).map_or(now, |z| z.timestamp())
        || input.resource.starts_with(&format!("app_{}_a2", facts.org));
    let mut labels = Labels::default().with(input.label.unwrap_or(Label::Default));
    if transmissions.iter().any(|t| t.kind.is_from_party()) {
        labels = labels.with(Label::Sent);
    }
    let dialog = Dialog {
        id: facts.id,
        revision: facts.revisions[0],
        idempotent_key: input.idempotent_key,
        org: facts.org,
        resource: input.resource,
        resource_type: facts.resource_type,
        party: input.party,
        party_uuid: facts.party,
        progress: input.progress,
        extended_status: input.extended_status,
        external_reference: input.external_reference,
        process: input.process,
        preceding_process: input.preceding_process,
        visible_from: input.visible_from,
        due_at: input.due_at,
        expires_at: input.expires_at,
        created_at,
        updated_at,
        content_updated_at: updated_at,
        deleted_at: None,
        frozen: false,
        status: input.status.unwrap_or(Status::NotApplicable),
        labels,
        api_only: input.api_only,
        has_unopened: false,
        content_seen: imported,
        user_revision: facts.revisions[1],
        owner_revision: facts.revisions[2],
        from_owner: 0,
        from_party: 0,
        owner_labels: input.owner_labels,
        content: input.content,
        parts: input.parts,
        latest_activity: None,
    };
    let mut aggregate = Aggregate { dialog, transmissions, activities: input.activities };
    count(&mut aggregate, &mut errors);
    errors.into_result().map_err(Refused::Domain)?;
    check_keys(&aggregate.transmissions, 0)?;
    let change = Change {
        changed: true,
        transmissions: aggregate.transmissions.clone(),
        activities: aggregate.activities.clone(),
        labels: Labels::default().changes_to(labels),
    };
    Ok((aggregate, change))
}

/// Replaces everything that can be changed and appends the new transmissions and activities.
pub fn update(aggregate: &mut Aggregate, input: DialogInput, manner: Manner) -> Result<Change, Refused> {
    if aggregate.dialog.api_only
        && !input.api_only
        && aggregate.transmissions.iter().any(|t| t.content.is_empty())
    {
        let message = "'IsApiOnly' cannot be set to false while there are transmissions without content.";
        return Err(Refused::Invalid(Errors::one("dto.transmissions", message)));
    }
    let mut errors = Errors::default();
    check_changed_times(&aggregate.dialog, &input, manner, &mut errors);
    let before = aggregate.dialog.clone();
    let dialog = &mut aggregate.dialog;
    dialog.progress = input.progress;
    dialog.extended_status = input.extended_status;
    dialog.external_reference = input.external_reference;
    dialog.process = input.process;
    dialog.preceding_process = input.preceding_process;
    dialog.due_at = input.due_at;
    dialog.expires_at = input.expires_at;
    dialog.status = input.status.unwrap_or(before.status);
    dialog.api_only = input.api_only;
    dialog.content = input.content;
    merge_parts(&mut dialog.parts, input.parts);
    let content_changed = dialog.status != before.status
        || dialog.extended_status != before.extended_status
        || dialog.content != before.content
        || dialog.parts.attachments != before.parts.attachments
        || dialog.parts.gui_actions != before.parts.gui_actions
        || dialog.parts.api_actions != before.parts.api_actions;
    let changed = *dialog != before;
    append(aggregate, input.transmissions, input.activities, manner, (changed, content_changed), errors)
}

/// Appends transmissions and activities to a dialog.
pub fn append(
    aggregate: &mut Aggregate,
    transmissions: Vec<Transmission>,
    activities: Vec<Activity>,
    manner: Manner,
    (changed, content_changed): (bool, bool),
    mut errors: Errors,
) -> Result<Change, Refused> {
    check_new_ids(aggregate, &transmissions, &activities, &mut errors);
    for attachment in transmissions.iter().flat_map(|t| &t.attachments) {
        if let Some(at) = attachment.expires_at.filter(|at| *at < manner.now) {
            errors.push("Transmissions.Attachments.ExpiresAt", not_in_future(at, attachment.id));
        }
    }
    let stored = aggregate.transmissions.len();
    aggregate.transmissions.extend(transmissions.iter().cloned());
    let present: HashSet<Uuid> = aggregate.transmissions.iter().map(|t| t.id).collect();
    for of in activities.iter().filter_map(|a| a.transmission) {
        if !present.contains(&of) {
            errors.push("Activities", unknown_transmission(of));
        }
    }
    aggregate.activities.extend(activities.iter().cloned());
    if !transmissions.is_empty() {
        check_graph(&aggregate.transmissions, &mut errors);
    }
    count(aggregate, &mut errors);
    errors.into_result().map_err(Refused::Domain)?;
    check_keys(&aggregate.transmissions, stored)?;
    let content_changed = content_changed || !transmissions.is_empty();
    let changed = changed || !transmissions.is_empty() || !activities.is_empty();
    let from_party = transmissions.iter().any(|t| t.kind.is_from_party());
    let labels = touch(&mut aggregate.dialog, manner, (changed, content_changed), from_party);
    Ok(Change { changed, transmissions, activities, labels })
}

/// Appends one transmission to a dialog whose transmissions and activities are not loaded; its place among them has been checked
/// ([`hierarchy::check_answer`]). The dialog becomes what [`append`] makes of it.
pub fn append_one(
    dialog: &mut Dialog,
    transmission: Transmission,
    status: Status,
    manner: Manner,
) -> Result<Change, Refused> {
    let from_party = transmission.kind.is_from_party();
    let count = if from_party { &mut dialog.from_party } else { &mut dialog.from_owner };
    *count += 1;
    if *count > MAX_COUNT {
        return Err(Refused::Domain(Errors::one("Transmissions", too_many())));
    }
    dialog.status = status;
    // Nobody has opened what is new.
    dialog.has_unopened |= !from_party;
    let labels = touch(dialog, manner, (true, true), from_party);
    Ok(Change { changed: true, transmissions: vec![transmission], activities: vec![], labels })
}

/// Labels and times of a dialog that is changed.
fn touch(
    dialog: &mut Dialog,
    manner: Manner,
    (changed, content_changed): (bool, bool),
    from_party: bool,
) -> Vec<LabelChange> {
    let old_labels = dialog.labels;
    if !manner.silent {
        dialog.labels = dialog.labels.with(Label::Default);
    }
    if from_party {
        dialog.labels = dialog.labels.with(Label::Sent);
    }
    if changed && !manner.silent {
        let at = dialog.visible_from.filter(|v| *v > manner.now);
        dialog.updated_at = at.unwrap_or(manner.now);
        if content_changed || at.is_some() {
            dialog.content_updated_at = dialog.updated_at;
        }
        if content_changed {
            dialog.content_seen = false;
        }
    }
    old_labels.changes_to(dialog.labels)
}

fn too_many() -> String {
    format!("At most {MAX_COUNT} transmissions from each side are allowed.")
}

/// 422 text for a transmission that an activity names and the dialog lacks.
pub fn unknown_transmission(id: Uuid) -> String {
    format!(
        "Invalid 'TransmissionId', entity 'DialogTransmission' with the following key(s) does not exist: ({id}) in 'Transmissions'"
    )
}

/// 422 text for an id that is taken in the dialog.
pub fn already_exists(entity: &str, id: Uuid) -> String {
    format!("Entity '{entity}' with the following key(s) already exists: ({id}).")
}

fn not_in_future(at: Timestamp, id: Uuid) -> String {
    format!("Must be in future or null, got '{}'. (Id: {id})", crate::time::text(at))
}

fn check_new_ids(aggregate: &Aggregate, new: &[Transmission], activities: &[Activity], errors: &mut Errors) {
    let known: HashSet<Uuid> = aggregate.transmissions.iter().map(|t| t.id).collect();
    for id in new.iter().map(|t| t.id).filter(|id| known.contains(id)) {
        errors.push("DialogTransmission", already_exists("DialogTransmission", id));
    }
    let known: HashSet<Uuid> = aggregate.activities.iter().map(|a| a.id).collect();
    for id in activities.iter().map(|a| a.id).filter(|id| known.contains(id)) {
        errors.push("DialogActivity", already_exists("DialogActivity", id));
    }
}

fn check_graph(transmissions: &[Transmission], errors: &mut Errors) {
    let nodes: Vec<_> = transmissions.iter().map(|t| (t.id, t.related)).collect();
    for violation in hierarchy::check(&nodes) {
        errors.push("Transmissions", violation.message());
    }
}

fn check_keys(transmissions: &[Transmission], stored: usize) -> Result<(), Refused> {
    let mut seen = HashSet::new();
    let twice: Vec<&str> = transmissions
        .iter()
        .enumerate()
        .filter_map(|(i, t)| t.idempotent_key.as_deref().map(|k| (i, k)))
        .filter(|(i, key)| !seen.insert(*key) && *i >= stored)
        .map(|(_, key)| key)
        .collect();
    if twice.is_empty() { Ok(()) } else { Err(Refused::DuplicateKey(twice.join("', '"))) }
}

fn check_changed_times(dialog: &Dialog, input: &DialogInput, manner: Manner, errors: &mut Errors) {
    if manner.silent || manner.admin {
        return;
    }
    if input.due_at != dialog.due_at && input.due_at.is_some_and(|at| at <= manner.now) {
        errors.push("DueAt", "Must be in future or current value. (Or null)");
    }
    if input.expires_at != dialog.expires_at && input.expires_at.is_none_or(|at| at <= manner.now) {
        errors.push("ExpiresAt", "Must be in future or current value.");
    }
    let stored: HashMap<Uuid, &Attachment> = dialog.parts.attachments.iter().map(|a| (a.id, a)).collect();
    for attachment in &input.parts.attachments {
        let old = stored.get(&attachment.id);
        let Some(at) = attachment.expires_at.filter(|at| *at < manner.now) else { continue };
        match old {
            Some(old) if old.expires_at == Some(at) => {}
            Some(_) => errors.push(
                "Attachments.ExpiresAt",
                format!("Must be in future, current value, or null. (Id: {})", attachment.id),
            ),
            None => errors.push("Attachments.ExpiresAt", not_in_future(at, attachment.id)),
        }
    }
    for (key, at) in [("ExpiresAt", input.expires_at), ("DueAt", input.due_at)] {
        if let (Some(at), Some(from)) = (at, dialog.visible_from)
            && at < from
        {
            errors.push(key, "Must be greater than or equal to 'VisibleFrom'.");
        }
    }
}

/// Recomputes counts, flags and the newest activity.
fn count(aggregate: &mut Aggregate, errors: &mut Errors) {
    let of_party = aggregate.transmissions.iter().filter(|t| t.kind.is_from_party()).count() as i64;
    let of_owner = aggregate.transmissions.len() as i64 - of_party;
    if of_party > MAX_COUNT || of_owner > MAX_COUNT {
        errors.push("Transmissions", too_many());
    }
    let opened = opened(&aggregate.activities);
    let unopened = aggregate.transmissions.iter().any(|t| !t.kind.is_from_party() && !opened.contains(&t.id));
    let unread_message = aggregate.dialog.resource_type.eq_ignore_ascii_case("CorrespondenceService")
        && !aggregate.activities.iter().any(|a| a.kind == ActivityType::CorrespondenceOpened);
    let latest = aggregate.activities.iter().max_by_key(|a| (a.created_at, a.id)).cloned();
    let dialog = &mut aggregate.dialog;
    dialog.from_party = of_party;
    dialog.from_owner = of_owner;
    dialog.has_unopened = unopened || unread_message;
    dialog.latest_activity = latest;
}

/// Transmissions that have been opened.
pub fn opened(activities: &[Activity]) -> HashSet<Uuid> {
    let opening = activities.iter().filter(|a| a.kind == ActivityType::TransmissionOpened);
    opening.filter_map(|a| a.transmission).collect()
}

/// Known ones keep their place, new ones go last, missing ones go.
fn merge<T: Clone, K: Eq + Hash>(
    stored: &mut Vec<T>,
    given: Vec<T>,
    key: impl Fn(&T) -> K,
    keep: impl Fn(&T, T) -> T,
) {
    let known: HashSet<K> = stored.iter().map(&key).collect();
    let (kept, new): (Vec<T>, Vec<T>) = given.into_iter().partition(|item| known.contains(&key(item)));
    let mut kept: HashMap<K, T> = kept.into_iter().map(|item| (key(&item), item)).collect();
    let mut merged: Vec<T> =
        stored.iter().filter_map(|old| kept.remove(&key(old)).map(|item| keep(old, item))).collect();
    merged.extend(new);
    *stored = merged;
}

fn merge_parts(stored: &mut Parts, given: Parts) {
    merge(&mut stored.tags, given.tags, |tag| tag.to_lowercase(), |old, _| old.clone());
    merge(
        &mut stored.attachments,
        given.attachments,
        |a| a.id,
        |old, new: Attachment| {
            let mut urls = old.urls.clone();
            merge(&mut urls, new.urls, |u| u.id, |_, new| new);
            Attachment { urls, ..new }
        },
    );
    merge(&mut stored.gui_actions, given.gui_actions, |a| a.id, |_, new| new);
    merge(
        &mut stored.api_actions,
        given.api_actions,
        |a| a.id,
        |old, new: ApiAction| {
            let mut endpoints = old.endpoints.clone();
            merge(&mut endpoints, new.endpoints, |e| e.id, |_, new| new);
            ApiAction { endpoints, ..new }
        },
    );
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
