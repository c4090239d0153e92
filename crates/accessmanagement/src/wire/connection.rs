//! Connections between parties (access-management §4).

use super::authorized_party::date_of_birth;
use crate::domain::catalogue::{Catalogue, Package, Provider, RoleKey};
use crate::domain::connection::{Facts, Reason, Record};
use ports::register::{Party, PartyKind};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// A list answer. Paging is accepted and never applied.
pub fn page(data: impl Serialize) -> Value {
    json!({ "data": data, "links": { "next": null } })
}

/// A party.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CompactEntityDto {
    id: Uuid,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    variant: Option<String>,
    parent: Option<Box<CompactEntityDto>>,
    children: Option<Vec<CompactEntityDto>>,
    // WIRE: lower case in the core API (access-management §4, §6).
    #[serde(rename = "partyid")]
    party_id: Option<i64>,
    user_id: Option<i64>,
    username: Option<String>,
    organization_identifier: Option<String>,
    person_identifier: Option<String>,
    date_of_birth: Option<String>,
    date_of_death: Option<String>,
    is_deleted: bool,
    deleted_at: Option<String>,
}

/// A role.
#[derive(Debug, Clone, Serialize)]
pub struct CompactRoleDto {
    id: Uuid,
    code: String,
    urn: String,
    // WIRE: the key ends in a blank (access-management §4).
    #[serde(rename = "legacyurn ")]
    legacy_urn: Option<String>,
    children: Option<Vec<CompactRoleDto>>,
}

/// A package in a connection.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CompactPackageDto {
    id: Uuid,
    urn: String,
    area_id: Uuid,
}

/// Why someone has something.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionDto {
    from: Option<CompactEntityDto>,
    to: Option<CompactEntityDto>,
    via: Option<CompactEntityDto>,
    role: CompactRoleDto,
    via_role: Option<CompactRoleDto>,
    reason: Value,
}

/// A connected party, with those connected through it.
#[derive(Debug, Clone, Serialize)]
pub struct ConnectionDto {
    party: CompactEntityDto,
    roles: Vec<CompactRoleDto>,
    packages: Vec<CompactPackageDto>,
    resources: Vec<Value>,
    instances: Vec<Value>,
    connections: Vec<ConnectionDto>,
}

/// Which end of the records is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Givers; sub-units below main units.
    From,
    /// Receivers; key-role holders below organisations.
    To,
}

/// What a list of connections shows.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// Packages of each connection.
    pub packages: bool,
    /// Resources of single rights.
    pub resources: bool,
    /// Those connected through another party.
    pub nested: bool,
}

/// Writes parties, roles and permissions of a set of facts.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// Fixed tables.
    pub catalogue: &'a Catalogue,
    /// Facts behind the records.
    pub facts: &'a Facts,
}

/// A package as connections show it.
pub fn package(catalogue: &Catalogue, package: &Package) -> CompactPackageDto {
    CompactPackageDto { id: package.id, urn: package.urn.clone(), area_id: catalogue.areas[package.area].id }
}

impl Writer<'_> {
    /// A party; `None` when it is known to no register.
    pub fn entity(&self, id: Uuid) -> Option<CompactEntityDto> {
        let party = self.facts.parties.get(&id)?;
        let parent = party.parent.and_then(|parent| self.facts.parties.get(&parent));
        let mut dto = entity(party);
        dto.parent = parent.map(|parent| Box::new(entity(parent)));
        Some(dto)
    }

    /// A role.
    pub fn role(&self, key: RoleKey) -> CompactRoleDto {
        let role = self.catalogue.role(key);
        CompactRoleDto {
            id: role.id,
            code: role.code.clone(),
            urn: role.urn.clone(),
            legacy_urn: role.legacy_urn.clone(),
            children: None,
        }
    }

    /// A role with whether it can be taken away.
    pub fn revocable_role(&self, key: RoleKey) -> Value {
        let role = self.catalogue.role(key);
        let mut dto = json!(self.role(key));
        dto["isRevocable"] = json!(role.provider == Provider::Altinn2);
        dto
    }

    /// A record as permission.
    pub fn permission(&self, record: &Record) -> PermissionDto {
        PermissionDto {
            from: self.entity(record.from),
            to: self.entity(record.to),
            via: record.via.and_then(|via| self.entity(via)),
            role: self.role(record.role),
            via_role: record.via_role.map(|role| self.role(role)),
            reason: reason(record.reason),
        }
    }

    /// Connections by party.
    pub fn connections(&self, records: &[Record], end: End, shown: Shown) -> Vec<ConnectionDto> {
        let other = |record: &Record| if end == End::From { record.from } else { record.to };
        // Whom a party is listed below: its main unit, or the organisation in which it has a key role.
        let above = |record: &Record| match end {
            End::From => self.facts.parties.get(&record.from).and_then(|p| p.parent),
            End::To => record.via.filter(|_| record.reason.has(Reason::KEY_ROLE)),
        };
        let mut top: BTreeMap<(String, Uuid), Vec<Record>> = BTreeMap::new();
        let mut below: BTreeMap<Uuid, Vec<Record>> = BTreeMap::new();
        let listed: HashSet<Uuid> = records.iter().map(other).collect();
        for record in records.iter().filter(|record| record.from != record.to) {
            if let Some(parent) = above(record).filter(|parent| listed.contains(parent)) {
                below.entry(parent).or_default().push(*record);
            } else {
                let name = self.facts.parties.get(&other(record)).map_or("", |p| &p.name);
                top.entry((name.to_owned(), other(record))).or_default().push(*record);
            }
        }
        let mut out = Vec::new();
        for ((_, id), records) in top {
            let Some(mut dto) = self.connection(id, &records, shown) else { continue };
            if shown.nested {
                let mut nested: BTreeMap<Uuid, Vec<Record>> = BTreeMap::new();
                for record in below.remove(&id).unwrap_or_default() {
                    nested.entry(other(&record)).or_default().push(record);
                }
                dto.connections =
                    nested.iter().filter_map(|(id, records)| self.connection(*id, records, shown)).collect();
            }
            out.push(dto);
        }
        out
    }

    fn connection(&self, id: Uuid, records: &[Record], shown: Shown) -> Option<ConnectionDto> {
        let mut roles: Vec<RoleKey> = records.iter().map(|r| r.role).collect();
        roles.sort_unstable();
        roles.dedup();
        let access = self.facts.sum(self.catalogue, records.iter());
        let mut resources: Vec<&str> = access.rights.iter().map(|r| r.resource.as_str()).collect();
        resources.sort_unstable();
        resources.dedup();
        Some(ConnectionDto {
            party: self.entity(id)?,
            roles: roles.into_iter().map(|role| self.role(role)).collect(),
            packages: if shown.packages {
                access.packages.iter().map(|k| package(self.catalogue, self.catalogue.package(*k))).collect()
            } else {
                Vec::new()
            },
            resources: if shown.resources {
                resources.into_iter().map(|id| json!({ "refId": id })).collect()
            } else {
                Vec::new()
            },
            instances: Vec::new(),
            connections: Vec::new(),
        })
    }
}

/// Name of a party's type on the wire.
pub fn type_name(party: &Party) -> &'static str {
    match party.kind {
        PartyKind::Person => "Person",
        PartyKind::Organisation | PartyKind::SubUnit => "Organisasjon",
        PartyKind::SelfIdentified => "Selvidentifisert",
        PartyKind::SystemUser => "Systembruker",
    }
}

fn entity(party: &Party) -> CompactEntityDto {
    let variant = match party.kind {
        PartyKind::Person => Some("Person".to_owned()),
        PartyKind::SelfIdentified => Some("SI".to_owned()),
        PartyKind::SystemUser => Some("StandardSystem".to_owned()),
        PartyKind::Organisation | PartyKind::SubUnit => party.unit_type.clone(),
    };
    CompactEntityDto {
        id: party.uuid,
        name: party.name.clone(),
        kind: type_name(party),
        variant,
        parent: None,
        children: None,
        party_id: Some(party.id).filter(|id| *id > 0),
        user_id: party.user_id,
        username: party.user_name.clone(),
        organization_identifier: party.org_no.clone(),
        person_identifier: party.pid.clone(),
        date_of_birth: date_of_birth(party),
        date_of_death: None,
        is_deleted: party.deleted,
        deleted_at: None,
    }
}

fn reason(reason: Reason) -> Value {
    let items: Vec<Value> = Reason::NAMES
        .iter()
        .filter(|(bit, _)| reason.has(*bit))
        .map(|(_, name)| json!({ "name": name, "description": name }))
        .collect();
    json!({ "flag": reason.bits(), "items": items })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::catalogue;
    use crate::domain::connection::tests::{ACCOUNTANT, BAKER, KARI, bakery};

    const SHOWN: Shown = Shown { packages: true, resources: true, nested: true };

    #[test]
    fn receivers_have_their_key_role_holders_below_them() {
        let facts = bakery("AS");
        let records = facts.records_from(catalogue(), BAKER);
        let writer = Writer { catalogue: catalogue(), facts: &facts };
        let list = json!(writer.connections(&records, End::To, SHOWN));
        assert_eq!(list.as_array().unwrap().len(), 1);
        assert_eq!(list[0]["party"]["id"], json!(ACCOUNTANT));
        assert_eq!(list[0]["connections"][0]["party"]["id"], json!(KARI));
        let role =
            &list[0]["roles"].as_array().unwrap().iter().find(|r| r["code"] == "regnskapsforer").unwrap();
        assert_eq!(role["legacyurn "], "urn:altinn:rolecode:regn");
    }

    #[test]
    fn reason_is_a_mask_and_its_words() {
        let facts = bakery("AS");
        let records = facts.records_to(catalogue(), KARI);
        let record = records.iter().find(|r| r.from == BAKER).unwrap();
        let writer = Writer { catalogue: catalogue(), facts: &facts };
        let permission = json!(writer.permission(record));
        assert_eq!(
            permission["reason"],
            json!({ "flag": 4, "items": [{ "name": "keyrole", "description": "keyrole" }] })
        );
        assert_eq!(permission["viaRole"]["code"], "daglig-leder");
    }
}
