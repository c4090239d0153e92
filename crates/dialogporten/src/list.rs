//! Lists: what a reader may see, and the page of it.

use crate::Dialogporten;
use crate::caller::EndUser;
use crate::domain::access::{Asked, MAIN, UNKNOWN_LEVEL};
use crate::domain::model::{Dialog, Seen};
use crate::domain::names::ContentType;
use crate::domain::order::{Order, Place};
use crate::error::Error;
use crate::store;
use crate::store::search::Filter;
use ports::authorization::{Question, Subject};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Parties and services that a user may read, with the level that each policy asks for.
#[derive(Debug, Default)]
pub struct Sight {
    /// (party, service), permitted.
    pub scopes: Vec<(Uuid, String)>,
    levels: HashMap<(Uuid, String), u8>,
}

impl Sight {
    /// Level asked for a dialog.
    pub fn level(&self, dialog: &Dialog) -> u8 {
        let key = dialog.party_uuid.map(|p| (p, dialog.resource.clone()));
        key.and_then(|key| self.levels.get(&key).copied()).unwrap_or(0)
    }
}

/// What was looked up for one list: an accountant's clients have few different sets of roles and packages.
#[derive(Default)]
struct Listed {
    /// Roles and packages, and services with a delegated right, by party.
    parties: HashMap<Uuid, (Vec<String>, Vec<String>)>,
    /// Services whose policies name one of these subjects.
    services: HashMap<Vec<String>, HashSet<String>>,
}

/// A page with who has seen what.
#[derive(Debug)]
pub struct Page {
    /// Dialogs.
    pub dialogs: Vec<Dialog>,
    /// There is another page.
    pub more: bool,
    /// Seen entries by dialog.
    pub seen: HashMap<Uuid, Vec<Seen>>,
}

impl Dialogporten {
    /// What a user may read among these parties (all of its parties when none is named) and services. One question is
    /// asked for each pair of party and service that has dialogs, however many dialogs there are.
    pub(crate) async fn sight(
        &self,
        user: &EndUser,
        parties: Option<&[Uuid]>,
        resources: &[String],
    ) -> Result<Sight, Error> {
        let mut own = self.access.parties_of(user.party).await?;
        if !own.contains(&user.party) {
            own.push(user.party);
        }
        if let Some(wanted) = parties {
            own.retain(|p| wanted.contains(p));
        }
        let mut pairs = store::search::scopes(&self.ctx.db, &own).await?;
        if !resources.is_empty() {
            pairs.retain(|(_, r)| resources.contains(r));
        }
        let main = Asked { action: "read".to_owned(), attribute: MAIN.to_owned() };
        let questions: Vec<Question> = pairs
            .iter()
            .map(|(party, resource)| Question {
                subject: user.subject.clone(),
                resource: resource.clone(),
                party: *party,
                action: main.action.clone(),
                instance: None,
                attribute: Some(("urn:altinn:subresource".to_owned(), main.attribute.clone())),
            })
            .collect();
        let (mut sight, mut known) = (Sight::default(), Listed::default());
        for (pairs, questions) in pairs.chunks(500).zip(questions.chunks(500)) {
            let decisions = self.pdp.decide_all(questions).await?;
            for (pair, decision) in pairs.iter().zip(decisions) {
                if decision.permits() || self.lists(user, pair.0, &pair.1, &mut known).await? {
                    // Only a permit tells the policy's level; who has a right to a part only must not see more than others.
                    let untold = if decision.permits() { 0 } else { UNKNOWN_LEVEL };
                    sight.levels.insert(pair.clone(), decision.minimum_level.unwrap_or(untold));
                    sight.scopes.push(pair.clone());
                }
            }
        }
        Ok(sight)
    }

    /// May the user find the dialog in a list, though the decision point gives no right to it as a whole?
    pub(crate) async fn is_listed(&self, user: &EndUser, dialog: &Dialog) -> Result<bool, Error> {
        match dialog.party_uuid {
            Some(party) => self.lists(user, party, &dialog.resource, &mut Listed::default()).await,
            None => Ok(false),
        }
    }

    /// Does the service's policy name a role or package that the user has for the party, or has the user been given a
    /// right to the service (dialogporten §8.6)?
    async fn lists(
        &self,
        user: &EndUser,
        party: Uuid,
        resource: &str,
        known: &mut Listed,
    ) -> Result<bool, Error> {
        if let Entry::Vacant(place) = known.parties.entry(party) {
            let connection = self.access.connection(party, user.party).await?;
            // System users hold packages and rights, never roles.
            let roles = connection.roles.iter().filter(|_| user.system.is_none());
            let mut subjects: Vec<String> =
                roles.chain(&connection.packages).map(|urn| urn.to_lowercase()).collect();
            subjects.sort();
            subjects.dedup();
            let rights = connection.rights.into_iter().map(|right| right.resource.to_lowercase()).collect();
            place.insert((subjects, rights));
        }
        let Some((subjects, rights)) = known.parties.get(&party) else { return Ok(false) };
        if rights.iter().any(|right| right == resource) {
            return Ok(true);
        }
        if !known.services.contains_key(subjects) {
            let pairs = self.resources.resources_by_subject(subjects).await?;
            let services = pairs.into_iter().map(|(_, service)| service).collect();
            known.services.insert(subjects.clone(), services);
        }
        Ok(known.services.get(subjects).is_some_and(|services| services.contains(resource)))
    }

    /// Services on the page whose policies ask for a level of login at all. The answer to each question is not asked for.
    pub(crate) async fn services_with_level(&self, org: &str, page: &Page) -> Result<HashSet<String>, Error> {
        let mut questions: HashMap<&str, Question> = HashMap::new();
        let open = [ContentType::NonSensitiveTitle, ContentType::NonSensitiveSummary];
        let has_open = |d: &&Dialog| open.iter().any(|kind| d.content.contains_key(kind));
        for dialog in page.dialogs.iter().filter(has_open) {
            questions.entry(&dialog.resource).or_insert_with(|| Question {
                subject: Subject::ServiceOwner(org.to_owned()),
                resource: dialog.resource.clone(),
                party: dialog.party_uuid.unwrap_or_default(),
                action: "read".to_owned(),
                instance: None,
                attribute: None,
            });
        }
        let questions: Vec<Question> = questions.into_values().collect();
        let decisions = self.pdp.decide_all(&questions).await?;
        let pairs = questions.into_iter().zip(decisions);
        Ok(pairs.filter(|(_, d)| d.minimum_level.is_some_and(|l| l > 0)).map(|(q, _)| q.resource).collect())
    }

    /// Parties of these URNs that the register knows; unknown ones are left out.
    pub(crate) async fn parties_by_urn(&self, urns: &[String]) -> Result<Vec<Uuid>, Error> {
        let mut found = Vec::new();
        for by in urns.iter().filter_map(|urn| crate::domain::party::lookup(urn)) {
            if let Some(party) = self.register.party(&by).await? {
                found.push(party.uuid);
            }
        }
        Ok(found)
    }

    /// One page.
    pub(crate) async fn page(
        &self,
        filter: &Filter,
        order: &Order,
        place: Option<&Place>,
        limit: usize,
    ) -> Result<Page, Error> {
        let mut dialogs = store::search::page(&self.ctx.db, filter, order, place, limit).await?;
        let more = dialogs.len() > limit;
        dialogs.truncate(limit);
        let mut seen: HashMap<Uuid, Vec<Seen>> = HashMap::new();
        // Content is never newer than the dialog, so its time reaches back far enough for both lists of readers.
        if let Some(since) = dialogs.iter().map(|d| d.content_updated_at.min(d.updated_at)).min() {
            let ids: Vec<Uuid> = dialogs.iter().map(|d| d.id).collect();
            for (dialog, entry) in store::logs::seen_of_many(&self.ctx.db, &ids, since).await? {
                seen.entry(dialog).or_default().push(entry);
            }
        }
        Ok(Page { dialogs, more, seen })
    }
}
