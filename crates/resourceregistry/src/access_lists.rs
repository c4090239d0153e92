//! Changes of access lists: conditions, references and versions, each change in one transaction.

use crate::service::ResourceRegistry;
use crate::store::access_lists::{self as store, Deed, List};
use crate::store::{Change, resources};
use http::HeaderMap;

use kernel::PartyUrn;
use ports::register::{PartyRef, Register};
use std::sync::Arc;
use uuid::Uuid;

/// The registry with the register that knows the members.
#[derive(Clone)]
pub struct AccessLists {
    pub(crate) registry: Arc<ResourceRegistry>,
    pub(crate) register: Arc<dyn Register>,
}

/// What keeps a list from being changed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// There is no such list.
    #[error("there is no such list")]
    Missing,
    /// The list is not the version that the caller knows.
    #[error("the list has another version")]
    Precondition,
    /// A member is not in the registers.
    #[error("a party is unknown")]
    UnknownParty,
    /// The resource is not in the registry.
    #[error("the resource is unknown")]
    UnknownResource,
    /// The resource belongs to another service owner.
    #[error("the resource is another owner's")]
    OtherOwner,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl db::MaybeRetry for ListError {
    fn db_error(&self) -> Option<&db::Error> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// Which list, who changes it, and the version that the caller counts on.
#[derive(Debug, Clone)]
pub struct Target {
    pub owner: String,
    pub identifier: String,
    pub by: String,
    pub condition: Condition,
}

/// `If-Match` and `If-None-Match`.
#[derive(Debug, Clone, Default)]
pub struct Condition {
    only: Option<Vec<String>>,
    unless: Option<Vec<String>>,
}

impl Condition {
    pub fn of(headers: &HeaderMap) -> Self {
        Self { only: httpkit::if_match(headers), unless: httpkit::if_none_match(headers) }
    }

    /// Is the list one of those that the caller already has?
    pub fn is_known(&self, list: &List) -> bool {
        self.unless.as_ref().is_some_and(|tags| names(tags, list))
    }

    pub fn holds(&self, list: Option<&List>) -> bool {
        let wanted = self.only.as_ref().is_none_or(|tags| list.is_some_and(|list| names(tags, list)));
        wanted && !list.is_some_and(|list| self.is_known(list))
    }
}

fn names(tags: &[String], list: &List) -> bool {
    let version = list.version.to_string();
    tags.iter().any(|tag| *tag == version || tag == "*")
}

/// What becomes of the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberChange {
    Add,
    Remove,
    Replace,
}

impl AccessLists {
    /// Makes or renames a list.
    pub async fn put(&self, target: &Target, name: &str, description: &str) -> Result<List, ListError> {
        let now = self.registry.clock.now();
        db::write_tx!(self.registry.db, "rr.list.put", |tx| {
            let known = store::get_in(tx, &target.owner, &target.identifier).await?;
            if !target.condition.holds(known.as_ref()) {
                return Err(ListError::Precondition);
            }
            let list = List {
                owner: target.owner.clone(),
                identifier: target.identifier.clone(),
                name: name.to_owned(),
                description: description.to_owned(),
                version: 0,
                created_at: known.map_or(now, |list| list.created_at),
                updated_at: now,
            };
            Ok(store::put(tx, list, Deed::Named, Change { at: now, by: &target.by }).await?)
        })
    }

    /// Deletes a list; answers what it was, or nothing.
    pub async fn delete(&self, target: &Target) -> Result<Option<List>, ListError> {
        db::write_tx!(self.registry.db, "rr.list.delete", |tx| {
            let known = store::get_in(tx, &target.owner, &target.identifier).await?;
            if !target.condition.holds(known.as_ref()) {
                return Err(ListError::Precondition);
            }
            let Some(list) = known else { return Ok(None) };
            let change = Change { at: self.registry.clock.now(), by: &target.by };
            store::delete(tx, list.clone(), change).await?;
            Ok(Some(list))
        })
    }

    /// Parties of these URNs; all must be known.
    pub async fn parties(&self, urns: &[String]) -> Result<Vec<Uuid>, ListError> {
        let mut parties = Vec::with_capacity(urns.len());
        for urn in urns {
            let by = match PartyUrn::parse(urn) {
                Ok(PartyUrn::Organization(number)) => PartyRef::OrgNo(number.to_string()),
                Ok(PartyUrn::Party(uuid)) => PartyRef::Uuid(uuid),
                Ok(PartyUrn::PartyId(id)) => PartyRef::Id(id),
                _ => return Err(ListError::UnknownParty),
            };
            let party = self.register.party(&by).await?.ok_or(ListError::UnknownParty)?;
            parties.push(party.uuid);
        }
        Ok(parties)
    }

    /// Changes the members.
    pub async fn members(
        &self,
        target: &Target,
        change: MemberChange,
        parties: &[Uuid],
    ) -> Result<List, ListError> {
        let now = self.registry.clock.now();
        db::write_tx!(self.registry.db, "rr.list.members", |tx| {
            let list = self.current(tx, target).await?;
            match change {
                MemberChange::Add => store::add_members(tx, &list, parties, now).await?,
                MemberChange::Remove => store::remove_members(tx, &list, parties).await?,
                MemberChange::Replace => {
                    store::keep_members(tx, &list, parties).await?;
                    store::add_members(tx, &list, parties, now).await?;
                }
            }
            Ok(store::put(tx, list, Deed::Members, Change { at: now, by: &target.by }).await?)
        })
    }

    /// Connects a resource, for these actions or for all.
    pub async fn connect(
        &self,
        target: &Target,
        resource: &str,
        actions: Option<&[String]>,
    ) -> Result<List, ListError> {
        let now = self.registry.clock.now();
        db::write_tx!(self.registry.db, "rr.list.connect", |tx| {
            let list = self.current(tx, target).await?;
            let found = resources::get_in(tx, resource).await?.ok_or(ListError::UnknownResource)?;
            if found.owner_code != list.owner {
                return Err(ListError::OtherOwner);
            }
            store::connect(tx, &list, resource, actions, now).await?;
            Ok(store::put(tx, list, Deed::Connected, Change { at: now, by: &target.by }).await?)
        })
    }

    /// Takes a resource off the list.
    pub async fn disconnect(&self, target: &Target, resource: &str) -> Result<List, ListError> {
        let now = self.registry.clock.now();
        db::write_tx!(self.registry.db, "rr.list.disconnect", |tx| {
            let list = self.current(tx, target).await?;
            store::disconnect(tx, &list, resource).await?;
            Ok(store::put(tx, list, Deed::Disconnected, Change { at: now, by: &target.by }).await?)
        })
    }

    async fn current(&self, tx: &mut db::Tx, target: &Target) -> Result<List, ListError> {
        let list = store::get_in(tx, &target.owner, &target.identifier).await?.ok_or(ListError::Missing)?;
        if target.condition.holds(Some(&list)) { Ok(list) } else { Err(ListError::Precondition) }
    }
}
