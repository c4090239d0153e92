//! Reading of dialogs by end users: rights, visibility, the seen log and the dialog token.

use crate::Dialogporten;
use crate::announce::Happening;
use crate::caller::EndUser;
use crate::domain::access::{self, Grants};
use crate::domain::labels::LabelChange;
use crate::domain::model::{Aggregate, Dialog, Seen};
use crate::domain::names::Label;
use crate::domain::rules::RESOURCE_PREFIX;
use crate::error::Error;
use crate::store;
use audit::Action;
use db::write_tx;
use jiff::{SignedDuration, Timestamp};
use ports::authorization::Question;
use serde_json::json;
use uuid::Uuid;

/// How long a dialog token holds.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_secs(600);

/// A dialog that the reader may see, with what the reader may do in it.
#[derive(Debug)]
pub struct Opened {
    /// The dialog.
    pub aggregate: Aggregate,
    /// Rights.
    pub grants: Grants,
    /// Who has seen it.
    pub seen: Vec<Seen>,
}

impl Dialogporten {
    /// What a user may do with a dialog.
    pub(crate) async fn grants(&self, user: &EndUser, aggregate: &Aggregate) -> Result<Grants, Error> {
        let Some(party) = aggregate.dialog.party_uuid else { return Ok(Grants::default()) };
        let asked = access::asked(aggregate);
        let questions: Vec<Question> =
            asked.iter().map(|a| access::question(&aggregate.dialog, party, &user.subject, a)).collect();
        let decisions = self.pdp.decide_all(&questions).await?;
        Ok(Grants::new(asked, &decisions))
    }

    /// A dialog for an end user, in the order of refusals of the single GET.
    pub(crate) async fn readable(&self, user: &EndUser, id: Uuid) -> Result<(Aggregate, Grants), Error> {
        let dialog = store::dialogs::get(&self.ctx.db, id).await?.ok_or_else(|| Error::no_dialog(id))?;
        let aggregate = store::children::load(&self.ctx.db, dialog).await?;
        let grants = self.grants(user, &aggregate).await?;
        // WIRE: dialogporten §12.4, whoever has a right to something of the service sees the dialog, each part of it
        // as the decisions allow.
        if !grants.main() && !self.is_listed(user, &aggregate.dialog).await? {
            return Err(Error::Forbidden("Forbidden".to_owned()));
        }
        let dialog = &aggregate.dialog;
        if dialog.deleted_at.is_some() {
            return Err(Error::Gone(id));
        }
        Self::check_level(user, &grants)?;
        let now = self.ctx.clock.now();
        if let Some(at) = dialog.visible_from.filter(|at| *at > now) {
            return Err(Error::NotVisible(at));
        }
        if let Some(at) = dialog.expires_at.filter(|at| *at <= now) {
            return Err(Error::Expired(at));
        }
        Ok((aggregate, grants))
    }

    /// A dialog for one of its sub-resources: no access is told as "not found", visibility is not asked.
    pub(crate) async fn readable_part(&self, user: &EndUser, id: Uuid) -> Result<(Aggregate, Grants), Error> {
        let dialog = store::dialogs::get(&self.ctx.db, id).await?.ok_or_else(|| Error::no_dialog(id))?;
        let aggregate = store::children::load(&self.ctx.db, dialog).await?;
        let grants = self.grants(user, &aggregate).await?;
        if !grants.main() {
            return Err(Error::no_dialog(id));
        }
        if aggregate.dialog.deleted_at.is_some() {
            return Err(Error::Gone(id));
        }
        Ok((aggregate, grants))
    }

    /// Refuses when the policy asks for a higher level.
    pub(crate) fn check_level(user: &EndUser, grants: &Grants) -> Result<(), Error> {
        let asked = grants.minimum_level;
        if user.level < asked { Err(Error::Level(asked)) } else { Ok(()) }
    }

    /// Opens a dialog: reads it and notes that the user has seen it.
    pub(crate) async fn open(&self, user: &EndUser, id: Uuid) -> Result<Opened, Error> {
        let (mut aggregate, grants) = self.readable(user, id).await?;
        if let Err(error) = self.mark_seen(&mut aggregate.dialog, user).await {
            // A reader must not be kept from the dialog because a busy database could not note the reading (§20).
            tracing::warn!(%error, dialog = %id, "not marked as seen");
        }
        let seen = store::logs::seen_of(&self.ctx.db, id).await?;
        Ok(Opened { aggregate, grants, seen })
    }

    /// Notes that the user has seen the dialog as it stands, unless that is noted; `dialog` becomes as it is after.
    pub(crate) async fn mark_seen(&self, dialog: &mut Dialog, user: &EndUser) -> Result<(), Error> {
        let marked = dialog.labels.has(Label::MarkedAsUnopened);
        let known = store::logs::seen_of(&self.ctx.db, dialog.id)
            .await?
            .into_iter()
            .any(|s| s.by.id.as_deref() == Some(&user.urn) && s.at >= dialog.updated_at);
        if known && !marked && dialog.content_seen {
            return Ok(());
        }
        let now = self.ctx.clock.now();
        let seen =
            Seen { id: seen_id(dialog, &user.urn), at: now, by: user.actor(), via_owner: user.via_owner };
        let labels = dialog.labels.without(Label::MarkedAsUnopened);
        let (revision, was) = (self.ctx.ids.uuid(), dialog.user_revision);
        let log_id = self.ctx.ids.uuid_v7(now);
        let unmarked = write_tx!(self.ctx.db, "dialog.seen", |tx| {
            let new = store::logs::add_seen(tx, dialog.id, &seen).await?;
            store::dialogs::set_content_seen(tx, dialog.id, dialog.content_updated_at).await?;
            let unmarked = marked && store::dialogs::set_labels(tx, dialog.id, was, labels, revision).await?;
            if unmarked {
                let change = LabelChange { label: Label::MarkedAsUnopened, set: false };
                store::logs::add_labels(tx, dialog.id, now, &[(log_id, change)], &seen.by).await?;
            }
            if new {
                self.announce(tx, dialog, Happening::Seen, Some(seen.id), now).await?;
                self.announce(tx, dialog, Happening::Updated, None, now).await?;
                store::dialogs::audit(tx, dialog, now, Action::DialogSee).await?;
            }
            Ok::<_, Error>(unmarked)
        })?;
        if unmarked {
            dialog.user_revision = revision;
        }
        dialog.labels = labels;
        dialog.content_seen = true;
        Ok(())
    }

    /// Short-lived proof for the service owner's addresses.
    pub(crate) fn dialog_token(
        &self,
        user: &EndUser,
        dialog: &Dialog,
        grants: &Grants,
    ) -> Result<String, Error> {
        let now = self.ctx.clock.now();
        let mut claims = json!({
            "jti": self.ctx.ids.uuid(),
            "c": user.system.as_ref().map_or(&user.urn, |(consumer, _)| consumer),
            "l": user.level,
            "p": dialog.party,
            "s": format!("{RESOURCE_PREFIX}{}", dialog.resource),
            "i": dialog.id,
            "a": grants.claim(),
            "iss": self.ctx.config.issuers.dialogporten,
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": (now + TOKEN_LIFE).as_second(),
        });
        if let Some((_, owner)) = &user.system {
            claims["y"] = user.urn.as_str().into();
            claims["o"] = owner.as_str().into();
        }
        self.ctx.keys.dialogporten.sign(&claims).map_err(|e| Error::Signing(e.to_string()))
    }

    /// A URN as other users see it: persons under ten hex digits that lead nowhere. They stay the same between starts,
    /// so that two nodes and two visits show one person as one.
    pub(crate) fn masked(&self, urn: &str) -> String {
        crate::domain::party::masked(urn, |urn| {
            use sha2::{Digest, Sha256};
            let keyed = self.ctx.keys.digest("dialogporten.actor", urn);
            let hash = Sha256::digest(keyed.as_bytes());
            format!("{:02x}{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3], hash[4])
        })
    }
}

/// The same reader of the same version makes the same entry.
fn seen_id(dialog: &Dialog, actor: &str) -> Uuid {
    let what = format!("{}/{}/{actor}", dialog.updated_at.as_microsecond(), dialog.is_content_seen());
    Uuid::new_v5(&dialog.id, what.as_bytes())
}

/// One entry per actor, the latest, of those at or after `since`.
pub fn latest_per_actor(seen: &[Seen], since: Timestamp) -> Vec<&Seen> {
    let mut latest: Vec<&Seen> = Vec::new();
    for entry in seen.iter().filter(|s| s.at >= since) {
        match latest.iter_mut().find(|l| l.by.id == entry.by.id) {
            Some(known) if known.at <= entry.at => *known = entry,
            Some(_) => {}
            None => latest.push(entry),
        }
    }
    latest
}
