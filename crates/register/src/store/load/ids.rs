//! Gives ids to new parties: pinned ones as they are, the others from the natural key.

use super::{KEY_BY_ID, KEY_BY_USER_ID, KEY_BY_USER_NAME, KEY_BY_UUID};
use crate::domain::identity::{Derived, next_party_id, next_user_id};
use db::{Sql, Tx, Value};
use ports::population::{ImportError, Registers};
use std::collections::HashSet;
use uuid::Uuid;

/// Pinned `partyId`, `partyUuid` and `userId`.
pub type Pinned = (Option<i64>, Option<Uuid>, Option<i64>);

pub struct Allocator {
    fresh: bool,
    party_ids: HashSet<i64>,
    user_ids: HashSet<i64>,
}

impl Allocator {
    pub fn new(fresh: bool) -> Self {
        Self { fresh, party_ids: HashSet::new(), user_ids: HashSet::new() }
    }

    /// Sets aside what the file pins, so that no derived id takes it first; an id pinned twice is an error.
    pub fn reserve_pinned(&mut self, registers: &Registers) -> Result<(), ImportError> {
        let mut uuids = HashSet::new();
        let mut user_names = HashSet::new();
        let mut reserve = |place: String, (party_id, uuid, user_id): Pinned, name: Option<&String>| {
            let fresh = [
                ("/partyId", party_id.is_none_or(|id| self.party_ids.insert(id))),
                ("/partyUuid", uuid.is_none_or(|uuid| uuids.insert(uuid))),
                ("/userId", user_id.is_none_or(|id| self.user_ids.insert(id))),
                ("/userName", name.is_none_or(|name| user_names.insert(name.to_lowercase()))),
            ];
            match fresh.iter().find(|(_, fresh)| !fresh) {
                Some((field, _)) => Err(ImportError::new(format!("{place}{field}"), "occurs twice")),
                None => Ok(()),
            }
        };
        for (at, item) in registers.persons.iter().enumerate() {
            let pinned = (item.party_id, item.party_uuid, item.user_id);
            if pinned != (None, None, None) || item.user_name.is_some() {
                reserve(format!("/persons/{at}"), pinned, item.user_name.as_ref())?;
            }
        }
        for (at, item) in registers.organisations.iter().enumerate() {
            if item.party_id.is_some() || item.party_uuid.is_some() {
                reserve(format!("/organisations/{at}"), (item.party_id, item.party_uuid, None), None)?;
            }
        }
        for (at, item) in registers.self_identified.iter().enumerate() {
            let pinned = (item.party_id, item.party_uuid, item.user_id);
            reserve(format!("/selfIdentified/{at}"), pinned, item.user_name.as_ref())?;
        }
        Ok(())
    }

    /// The ids of a new party.
    pub async fn assign(
        &mut self,
        tx: &mut Tx,
        (party_id, uuid, user_id): Pinned,
        derived: Derived,
        user: bool,
    ) -> Result<Result<Derived, ImportError>, db::Error> {
        let taken = |field| Ok(Err(ImportError::new(field, "belongs to someone else")));
        let ids = Derived {
            uuid: uuid.unwrap_or(derived.uuid),
            party_id: match party_id {
                Some(id) if self.in_database(tx, &KEY_BY_ID, id).await? => return taken("/partyId"),
                Some(id) => id,
                None => self.free_party_id(tx, derived.party_id).await?,
            },
            user_id: match user_id {
                _ if !user => 0,
                Some(id) if self.in_database(tx, &KEY_BY_USER_ID, id).await? => return taken("/userId"),
                Some(id) => id,
                None => self.free_user_id(tx, derived.user_id).await?,
            },
        };
        if self.in_database(tx, &KEY_BY_UUID, ids.uuid).await? {
            return taken("/partyUuid");
        }
        Ok(Ok(ids))
    }

    /// An error when the user name belongs to someone else.
    pub async fn user_name_taken(&self, tx: &mut Tx, name: &str) -> Result<Option<ImportError>, db::Error> {
        let taken = self.in_database(tx, &KEY_BY_USER_NAME, name.to_lowercase()).await?;
        Ok(taken.then(|| ImportError::new("/userName", "belongs to someone else")))
    }

    async fn free_party_id(&mut self, tx: &mut Tx, mut id: i64) -> Result<i64, db::Error> {
        while self.party_ids.contains(&id) || self.in_database(tx, &KEY_BY_ID, id).await? {
            id = next_party_id(id);
        }
        self.party_ids.insert(id);
        Ok(id)
    }

    async fn free_user_id(&mut self, tx: &mut Tx, mut id: i64) -> Result<i64, db::Error> {
        while self.user_ids.contains(&id) || self.in_database(tx, &KEY_BY_USER_ID, id).await? {
            id = next_user_id(id);
        }
        self.user_ids.insert(id);
        Ok(id)
    }

    async fn in_database(&self, tx: &mut Tx, sql: &Sql, key: impl Into<Value>) -> Result<bool, db::Error> {
        Ok(!self.fresh && tx.query_opt(sql, &[key.into()]).await?.is_some())
    }
}
