//! Lists: what a reader may see, and the page of it.

use crate::Dialogporten;
use crate::caller::EndUser;
use crate::domain::access::{Asked, MAIN};
use crate::domain::model::{Dialog, Seen};
use crate::domain::order::{Order, Place};
use crate::error::Error;
use crate::store;
use crate::store::search::Filter;
use ports::authorization::Question;
use std::collections::HashMap;
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
        let mut sight = Sight::default();
        for (pairs, questions) in pairs.chunks(500).zip(questions.chunks(500)) {
            let decisions = self.pdp.decide_all(questions).await?;
            for (pair, decision) in pairs.iter().zip(decisions).filter(|(_, d)| d.permits()) {
                sight.levels.insert(pair.clone(), decision.minimum_level.unwrap_or(0));
                sight.scopes.push(pair.clone());
            }
        }
        Ok(sight)
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
