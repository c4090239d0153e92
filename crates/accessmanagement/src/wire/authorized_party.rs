//! Authorized parties (authorization §11): main units with their sub-units below, each party once.

use crate::domain::catalogue::Catalogue;
use crate::domain::connection::{Access, Facts, Reason, Record};
use ports::register::{Party, PartyKind};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// A party that someone may act for.
#[derive(Debug, Clone, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizedPartyDto {
    /// Party uuid.
    pub party_uuid: Uuid,
    /// Name.
    pub name: String,
    /// Organisation number.
    pub organization_number: Option<String>,
    /// Party uuid of the main unit.
    pub parent_id: Option<Uuid>,
    /// National identity number.
    pub person_id: Option<String>,
    /// Date of birth of a person.
    pub date_of_birth: Option<String>,
    /// Party id.
    pub party_id: i64,
    /// E-mail of a self-identified user.
    pub email_id: Option<String>,
    /// `Person`, `Organization`, `SelfIdentified` or `None`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Organisation form.
    pub unit_type: Option<String>,
    /// Deleted from its register.
    pub is_deleted: bool,
    /// Shown only because a sub-unit is accessible.
    pub only_hierarchy_element_with_no_access: bool,
    /// Package codes.
    pub authorized_access_packages: Vec<String>,
    /// Registry ids.
    pub authorized_resources: Vec<String>,
    /// Role codes, new and legacy.
    pub authorized_roles: Vec<String>,
    /// Rights to single instances.
    pub authorized_instances: Vec<InstanceDto>,
    /// Sub-units.
    pub subunits: Vec<AuthorizedPartyDto>,
}

/// A right to one instance.
#[derive(Debug, Clone, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct InstanceDto {
    /// Registry id.
    pub resource_id: String,
    /// Bare id for apps.
    pub instance_id: String,
    /// Whole reference.
    pub instance_ref: String,
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "six independent switches of the query")]
pub struct Asked {
    /// List roles.
    pub roles: bool,
    /// List packages.
    pub packages: bool,
    /// List resources of single rights.
    pub resources: bool,
    /// Parties reached through a key role.
    pub via_key_roles: bool,
    /// Sub-units.
    pub sub_parties: bool,
    /// Deleted parties.
    pub inactive: bool,
    /// Only these parties; empty for all.
    pub parties: HashSet<Uuid>,
    /// Only parties for which one of these resources is open; the subjects are the role and package URNs that open them.
    pub opening: Option<Opening>,
}

/// Resources, and what opens them.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// Registry ids.
    pub resources: HashSet<String>,
    /// Role and package URNs named by their policies.
    pub subjects: HashSet<String>,
}

impl Opening {
    fn lets(&self, catalogue: &Catalogue, access: &Access) -> bool {
        access.rights.iter().any(|right| self.resources.contains(&right.resource))
            || access.role_urns(catalogue).iter().any(|urn| self.subjects.contains(urn))
            || access.package_urns(catalogue).iter().any(|urn| self.subjects.contains(urn))
    }
}

/// Builds the tree. Parties come by name, then id.
pub fn tree(
    catalogue: &Catalogue,
    facts: &Facts,
    records: &[Record],
    asked: &Asked,
) -> Vec<AuthorizedPartyDto> {
    let mut by_giver: HashMap<Uuid, Vec<&Record>> = HashMap::new();
    for record in records {
        if asked.via_key_roles || !record.reason.has(Reason::KEY_ROLE) {
            by_giver.entry(record.from).or_default().push(record);
        }
    }
    // A sub-unit that is asked for brings its main unit.
    let mut wanted = asked.parties.clone();
    wanted.extend(asked.parties.iter().filter_map(|id| facts.parties.get(id)?.parent));
    let mut mains: BTreeMap<(String, Uuid), AuthorizedPartyDto> = BTreeMap::new();
    let mut units: Vec<(Uuid, AuthorizedPartyDto)> = Vec::new();
    for (giver, records) in by_giver {
        let Some(party) = facts.parties.get(&giver) else { continue };
        let left_out = (!wanted.is_empty() && !wanted.contains(&giver))
            || (party.deleted && !asked.inactive)
            || (party.parent.is_some() && !asked.sub_parties);
        if left_out {
            continue;
        }
        let access = facts.sum(catalogue, records.into_iter());
        if asked.opening.as_ref().is_some_and(|opening| !opening.lets(catalogue, &access)) {
            continue;
        }
        let dto = dto(catalogue, party, Some(&access), asked);
        match party.parent {
            Some(parent) => units.push((parent, dto)),
            None => {
                mains.insert((dto.name.clone(), giver), dto);
            }
        }
    }
    units.sort_by(|a, b| (&a.1.name, a.1.party_uuid).cmp(&(&b.1.name, b.1.party_uuid)));
    for (parent, unit) in units {
        let Some(main) = facts.parties.get(&parent) else {
            mains.insert((unit.name.clone(), unit.party_uuid), unit);
            continue;
        };
        let shell = || dto(catalogue, main, None, asked);
        mains.entry((main.name.clone(), parent)).or_insert_with(shell).subunits.push(unit);
    }
    mains.into_values().collect()
}

/// The party with this id anywhere in the tree, unless it is only a shell.
pub fn find(tree: Vec<AuthorizedPartyDto>, party_id: i64) -> Option<AuthorizedPartyDto> {
    for main in tree {
        if main.party_id == party_id && !main.only_hierarchy_element_with_no_access {
            return Some(main);
        }
        if let Some(unit) = main.subunits.into_iter().find(|unit| unit.party_id == party_id) {
            return Some(unit);
        }
    }
    None
}

fn dto(catalogue: &Catalogue, party: &Party, access: Option<&Access>, asked: &Asked) -> AuthorizedPartyDto {
    let kind = match party.kind {
        PartyKind::Person => "Person",
        PartyKind::Organisation | PartyKind::SubUnit => "Organization",
        PartyKind::SelfIdentified => "SelfIdentified",
        PartyKind::SystemUser => "None",
    };
    let mut dto = AuthorizedPartyDto {
        party_uuid: party.uuid,
        // WIRE: inbox-ui §1, clients take persons last name first and turn them.
        name: party.listed_name(),
        organization_number: party.org_no.clone(),
        parent_id: party.parent,
        person_id: party.pid.clone(),
        date_of_birth: date_of_birth(party),
        party_id: party.id,
        email_id: None,
        kind,
        unit_type: party.unit_type.clone(),
        is_deleted: party.deleted,
        only_hierarchy_element_with_no_access: access.is_none(),
        authorized_access_packages: Vec::new(),
        authorized_resources: Vec::new(),
        authorized_roles: Vec::new(),
        authorized_instances: Vec::new(),
        subunits: Vec::new(),
    };
    let Some(access) = access else { return dto };
    if asked.roles {
        for role in access.roles.iter().map(|key| catalogue.role(*key)) {
            dto.authorized_roles.push(role.code.clone());
            dto.authorized_roles.extend(role.legacy_code.clone());
        }
    }
    if asked.packages {
        let codes = access.packages.iter().map(|key| catalogue.package(*key).code.clone());
        dto.authorized_access_packages.extend(codes);
    }
    if asked.resources {
        dto.authorized_resources.extend(access.rights.iter().map(|right| right.resource.clone()));
        dto.authorized_resources.sort();
        dto.authorized_resources.dedup();
    }
    dto
}

/// Date of birth, read from the national identity number.
pub fn date_of_birth(party: &Party) -> Option<String> {
    let pid = kernel::Pid::parse_digits(party.pid.as_deref()?).ok()?;
    Some(pid.birth_date()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::catalogue;
    use crate::domain::connection::Held;
    use crate::domain::connection::tests::{ACCOUNTANT, BAKER, BAKER_SHOP, KARI, OLA, bakery, give, package};

    fn all() -> Asked {
        Asked {
            roles: true,
            packages: true,
            via_key_roles: true,
            sub_parties: true,
            inactive: true,
            ..Asked::default()
        }
    }

    fn tree_of(facts: &Facts, to: Uuid, asked: &Asked) -> Vec<AuthorizedPartyDto> {
        tree(catalogue(), facts, &facts.records_to(catalogue(), to), asked)
    }

    #[test]
    fn sub_units_lie_below_their_main_unit_and_every_party_comes_once() {
        let facts = bakery("AS");
        let got = tree_of(&facts, KARI, &all());
        let tops: HashSet<Uuid> = got.iter().map(|p| p.party_uuid).collect();
        assert_eq!((got.len(), tops), (3, HashSet::from([KARI, BAKER, ACCOUNTANT])));
        let baker = got.iter().find(|p| p.party_uuid == BAKER).unwrap();
        assert_eq!(baker.subunits.len(), 1);
        assert_eq!(baker.subunits[0].party_uuid, BAKER_SHOP);
        assert!(baker.authorized_roles.contains(&"regnskapsforer".to_owned()));
        assert!(baker.authorized_roles.contains(&"regn".to_owned()));
        let own = got.iter().find(|p| p.party_uuid == KARI).unwrap();
        assert!(own.authorized_roles.contains(&"privatperson".to_owned()));
    }

    #[test]
    fn main_unit_without_access_is_a_shell() {
        let mut facts = bakery("AS");
        give(
            &mut facts,
            BAKER_SHOP,
            OLA,
            Held { packages: vec![package("skattegrunnlag")], ..Held::default() },
        );
        let got = tree_of(&facts, OLA, &all());
        let baker = got.iter().find(|p| p.party_uuid == BAKER).unwrap();
        assert!(baker.only_hierarchy_element_with_no_access);
        assert!(baker.authorized_roles.is_empty() && baker.authorized_access_packages.is_empty());
        assert_eq!(baker.subunits[0].authorized_access_packages, ["skattegrunnlag"]);
        assert!(baker.subunits[0].authorized_roles.is_empty(), "containers are not listed");
        assert!(find(got, 1).is_none());
    }

    #[test]
    fn filters_leave_out() {
        let facts = bakery("AS");
        let direct = tree_of(&facts, KARI, &Asked { via_key_roles: false, ..all() });
        assert_eq!(
            direct.iter().map(|p| p.party_uuid).collect::<HashSet<_>>(),
            HashSet::from([KARI, ACCOUNTANT])
        );
        let mains = tree_of(&facts, KARI, &Asked { sub_parties: false, ..all() });
        assert!(mains.iter().all(|p| p.subunits.is_empty()));
        let shop = tree_of(&facts, KARI, &Asked { parties: HashSet::from([BAKER_SHOP]), ..all() });
        assert_eq!((shop.len(), shop[0].party_uuid, shop[0].subunits.len()), (1, BAKER, 1));
        let opening = Opening {
            resources: HashSet::new(),
            subjects: HashSet::from(["urn:altinn:accesspackage:regnskapsforer-lonn".into()]),
        };
        let open = tree_of(&facts, KARI, &Asked { opening: Some(opening), ..all() });
        assert_eq!(open.iter().map(|p| p.party_uuid).collect::<Vec<_>>(), [BAKER]);
    }
}
