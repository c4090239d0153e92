//! Reads what stands now, in a fixed number of list reads however many clients there are.

use super::assignments::{self, Between};
use crate::domain::catalogue::{Catalogue, RoleKey};
use crate::domain::connection::{ENK, Facts, Link};
use db::Db;
use ports::Result;
use ports::register::{Party, PartyKind, Register, RegisterRole};
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// Keys that a port takes in one call.
const CHUNK: usize = 1000;

/// Where facts come from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// Fixed tables.
    pub catalogue: &'a Catalogue,
    /// Own tables.
    pub db: &'a Db,
    /// Registers.
    pub register: &'a dyn Register,
}

impl Sources<'_> {
    /// Facts about what `to` has for the one giver `from`.
    pub async fn between(&self, from: Uuid, to: Uuid) -> Result<Facts> {
        let mut facts = Facts::default();
        self.add_parties(&mut facts, &[from, to]).await?;
        let mut givers = vec![from];
        let giver = facts.parties.get(&from);
        givers.extend(giver.and_then(|p| p.parent));
        if giver.is_some_and(|p| p.kind == PartyKind::Person) {
            givers.extend(self.add_sole_proprietorships(&mut facts, from).await?);
        }
        let receivers = self.add_receiver(&mut facts, to).await?;
        // A system user holds no role in registers.
        if facts.parties.get(&to).is_some_and(|p| p.kind != PartyKind::SystemUser) {
            let roles = self.register.roles_from(&givers).await?;
            let is_receiver: HashSet<Uuid> = receivers.iter().copied().collect();
            let roles = roles.into_iter().filter(|r| is_receiver.contains(&r.to));
            self.add_roles(&mut facts, roles.collect());
        }
        self.add_own(&mut facts, Between::ToFrom(&receivers, &givers)).await?;
        self.add_givers(&mut facts).await?;
        Ok(facts)
    }

    /// Facts about everything that `to` has for anyone.
    pub async fn received_by(&self, to: Uuid) -> Result<Facts> {
        let mut facts = Facts::default();
        self.add_parties(&mut facts, &[to]).await?;
        let receivers = self.add_receiver(&mut facts, to).await?;
        for chunk in receivers[1..].chunks(CHUNK) {
            let roles = self.register.roles_to(chunk).await?;
            self.add_roles(&mut facts, roles);
        }
        for chunk in receivers.chunks(CHUNK) {
            self.add_own(&mut facts, Between::To(chunk)).await?;
        }
        self.add_givers(&mut facts).await?;
        self.add_sub_units(&mut facts).await?;
        self.add_proprietors(&mut facts).await?;
        Ok(facts)
    }

    /// Facts about everything that `from`, or its main unit, has given.
    pub async fn given_by(&self, from: Uuid) -> Result<Facts> {
        let mut facts = Facts::default();
        self.add_parties(&mut facts, &[from]).await?;
        let mut givers = vec![from];
        givers.extend(facts.parties.get(&from).and_then(|p| p.parent));
        let roles = self.register.roles_from(&givers).await?;
        self.add_roles(&mut facts, roles);
        self.add_own(&mut facts, Between::From(&givers)).await?;
        self.add_givers(&mut facts).await?;
        let receivers: BTreeSet<Uuid> = facts.links.iter().map(|l| l.to).collect();
        let receivers: Vec<Uuid> = receivers.into_iter().collect();
        for chunk in receivers.chunks(CHUNK) {
            self.add_parties(&mut facts, chunk).await?;
        }
        let organisations: Vec<Uuid> = receivers
            .into_iter()
            .filter(|id| !givers.contains(id))
            .filter(|id| facts.parties.get(id).is_some_and(|p| p.kind == PartyKind::Organisation))
            .collect();
        for chunk in organisations.chunks(CHUNK) {
            let roles = self.register.roles_from(chunk).await?;
            let key = |r: &RegisterRole| self.role(&r.code).is_some_and(|k| self.catalogue.role(k).key_role);
            self.add_roles(&mut facts, roles.into_iter().filter(key).collect());
        }
        let holders: BTreeSet<Uuid> =
            facts.links.iter().map(|l| l.to).filter(|id| !facts.parties.contains_key(id)).collect();
        for chunk in holders.into_iter().collect::<Vec<_>>().chunks(CHUNK) {
            self.add_parties(&mut facts, chunk).await?;
        }
        Ok(facts)
    }

    fn role(&self, code: &str) -> Option<RoleKey> {
        self.catalogue.find_role(code)
    }

    fn add_roles(&self, facts: &mut Facts, roles: Vec<RegisterRole>) {
        for row in roles {
            if let Some(role) = self.role(&row.code) {
                facts.add_register_link(Link { from: row.from, to: row.to, role, assignment: None });
            }
        }
    }

    async fn add_parties(&self, facts: &mut Facts, uuids: &[Uuid]) -> Result<()> {
        let parties = self.register.parties(uuids).await?;
        facts.add_parties(self.catalogue, parties);
        Ok(())
    }

    async fn add_own(&self, facts: &mut Facts, between: Between<'_>) -> Result<()> {
        let links = assignments::links(self.db, self.catalogue, between).await?;
        facts.held.extend(assignments::held(self.db, self.catalogue, &links).await?);
        facts.links.extend(links);
        Ok(())
    }

    /// Adds what `to` is in registers; `to` itself and the organisations it inherits from, `to` first.
    async fn add_receiver(&self, facts: &mut Facts, to: Uuid) -> Result<Vec<Uuid>> {
        let mut receivers = vec![to];
        // A system user has nothing but what it was given itself; it may also be unknown to the registers.
        let in_registers = facts
            .parties
            .get(&to)
            .is_some_and(|p| p.kind != PartyKind::SystemUser && p.kind != PartyKind::SelfIdentified);
        if !in_registers {
            return Ok(receivers);
        }
        let roles = self.register.roles_to(&[to]).await?;
        self.add_roles(facts, roles);
        let key = |l: &&Link| l.to == to && self.catalogue.role(l.role).key_role;
        let organisations: BTreeSet<Uuid> = facts.links.iter().filter(key).map(|l| l.from).collect();
        let organisations: Vec<Uuid> = organisations.into_iter().collect();
        for chunk in organisations.chunks(CHUNK) {
            self.add_parties(facts, chunk).await?;
        }
        receivers.extend(facts.key_roles_of(self.catalogue, to).into_iter().map(|(x, _)| x));
        receivers[1..].sort_unstable();
        receivers.dedup();
        Ok(receivers)
    }

    /// The parties of all givers: their organisation form decides packages.
    async fn add_givers(&self, facts: &mut Facts) -> Result<()> {
        let missing: BTreeSet<Uuid> =
            facts.links.iter().map(|l| l.from).filter(|id| !facts.parties.contains_key(id)).collect();
        for chunk in missing.into_iter().collect::<Vec<_>>().chunks(CHUNK) {
            self.add_parties(facts, chunk).await?;
        }
        Ok(())
    }

    async fn add_sub_units(&self, facts: &mut Facts) -> Result<()> {
        let mains: Vec<Uuid> =
            facts.parties.values().filter(|p| p.kind == PartyKind::Organisation).map(|p| p.uuid).collect();
        for chunk in mains.chunks(CHUNK) {
            let units = self.register.sub_units(chunk).await?;
            facts.add_parties(self.catalogue, units);
        }
        Ok(())
    }

    /// Proprietors of the sole proprietorships that an accountant serves.
    async fn add_proprietors(&self, facts: &mut Facts) -> Result<()> {
        let served: HashSet<Uuid> =
            facts.links.iter().filter(|l| self.catalogue.is_accountant(l.role)).map(|l| l.from).collect();
        let is_served_enk =
            |p: &&Party| served.contains(&p.uuid) && p.unit_type.as_deref() == Some(ENK) && !p.deleted;
        let enks: Vec<Uuid> = facts.parties.values().filter(is_served_enk).map(|p| p.uuid).collect();
        for chunk in enks.chunks(CHUNK) {
            let roles = self.register.roles_from(chunk).await?;
            let proprietor = |r: &RegisterRole| self.role(&r.code) == Some(self.catalogue.known.innehaver);
            let roles: Vec<RegisterRole> = roles.into_iter().filter(proprietor).collect();
            let persons: Vec<Uuid> = roles.iter().map(|r| r.to).collect();
            self.add_roles(facts, roles);
            for chunk in persons.chunks(CHUNK) {
                self.add_parties(facts, chunk).await?;
            }
        }
        Ok(())
    }

    /// Sole proprietorships of a person, with the role that ties them.
    async fn add_sole_proprietorships(&self, facts: &mut Facts, person: Uuid) -> Result<Vec<Uuid>> {
        let roles = self.register.roles_to(&[person]).await?;
        let proprietor = |r: &RegisterRole| self.role(&r.code) == Some(self.catalogue.known.innehaver);
        let roles: Vec<RegisterRole> = roles.into_iter().filter(proprietor).collect();
        let organisations: Vec<Uuid> = roles.iter().map(|r| r.from).collect();
        self.add_roles(facts, roles);
        for chunk in organisations.chunks(CHUNK) {
            self.add_parties(facts, chunk).await?;
        }
        Ok(organisations)
    }
}
