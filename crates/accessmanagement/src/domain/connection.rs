//! Effective access: which roles, packages and rights someone has for someone else, and why (access-management §3).

use super::catalogue::{Catalogue, PackageKey, RoleKey};
use ports::accessmanagement::Right;
use ports::register::{Party, PartyKind};
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Organisation form through which a partner with shared liability has nothing.
const IKS: &str = "IKS";
/// Sole proprietorship.
pub const ENK: &str = "ENK";

/// Why a record holds; the bits are those of the wire's `reason.flag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reason(u8);

impl Reason {
    /// Given to the receiver itself.
    pub const DIRECT: Self = Self(1);
    /// Given to an organisation in which the receiver has a key role.
    pub const KEY_ROLE: Self = Self(4);
    /// Follows from another role.
    pub const ROLE_MAP: Self = Self(8);
    /// Given by the main unit.
    pub const PARENT: Self = Self(16);

    /// Names of the bits on the wire.
    pub const NAMES: [(Self, &str); 5] = [
        (Self::DIRECT, "direct"),
        (Self(2), "client-delegation"),
        (Self::KEY_ROLE, "keyrole"),
        (Self::ROLE_MAP, "rolemap"),
        (Self::PARENT, "parent"),
    ];

    /// The bit mask.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Does it hold for this reason, among others.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The same with one step more: what needs a step is no longer direct.
    fn and(self, step: Self) -> Self {
        Self((self.0 & !Self::DIRECT.0) | step.0)
    }
}

/// `to` has `role` for `from`, from a register or from our own tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link {
    /// Giver.
    pub from: Uuid,
    /// Receiver.
    pub to: Uuid,
    /// Role.
    pub role: RoleKey,
    /// Our own assignment, if it is one: packages and rights hang on it.
    pub assignment: Option<Uuid>,
}

/// What hangs on an assignment.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// Packages given.
    pub packages: Vec<PackageKey>,
    /// Single rights given.
    pub rights: Vec<Right>,
}

/// Everything that was read; the computation adds nothing that is not here.
#[derive(Debug, Default)]
pub struct Facts {
    /// Parties that links speak of. Givers must be here to be inherited through.
    pub parties: HashMap<Uuid, Party>,
    /// Roles, from registers and from our own tables.
    pub links: Vec<Link>,
    /// What hangs on our own assignments.
    pub held: HashMap<Uuid, Held>,
    from_registers: HashSet<Link>,
}

/// One way in which `to` has `role` for `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Record {
    /// Giver.
    pub from: Uuid,
    /// Receiver.
    pub to: Uuid,
    /// Role.
    pub role: RoleKey,
    /// Organisation in between.
    pub via: Option<Uuid>,
    /// Receiver's role in it.
    pub via_role: Option<RoleKey>,
    /// Why.
    pub reason: Reason,
    /// Our own assignment behind it.
    pub assignment: Option<Uuid>,
}

/// The sum of records for one giver.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Roles, containers left out.
    pub roles: BTreeSet<RoleKey>,
    /// Packages that may be used.
    pub packages: BTreeSet<PackageKey>,
    /// Single rights.
    pub rights: HashSet<Right>,
}

impl Facts {
    fn form(&self, party: Uuid) -> Option<&str> {
        self.parties.get(&party).and_then(|p| p.unit_type.as_deref())
    }

    fn is_iks(&self, party: Uuid) -> bool {
        self.form(party) == Some(IKS)
    }

    /// Adds parties, with the role that a person has for itself.
    pub fn add_parties(&mut self, catalogue: &Catalogue, parties: Vec<Party>) {
        for party in parties {
            let own = match party.kind {
                PartyKind::Person => Some(catalogue.known.privatperson),
                PartyKind::SelfIdentified => Some(catalogue.known.selvregistrert),
                _ => None,
            };
            if self.parties.contains_key(&party.uuid) {
                continue;
            }
            if let Some(role) = own {
                self.links.push(Link { from: party.uuid, to: party.uuid, role, assignment: None });
            }
            self.parties.insert(party.uuid, party);
        }
    }

    /// Adds a role of a register, once.
    pub fn add_register_link(&mut self, link: Link) {
        if self.from_registers.insert(link) {
            self.links.push(link);
        }
    }

    /// Organisations in which `to` has a key role, with that role.
    pub fn key_roles_of(&self, catalogue: &Catalogue, to: Uuid) -> Vec<(Uuid, RoleKey)> {
        self.links
            .iter()
            .filter(|link| link.to == to && catalogue.role(link.role).key_role)
            .filter(|link| link.role != catalogue.known.dtpr || !self.is_iks(link.from))
            .map(|link| (link.from, link.role))
            .collect()
    }

    /// May `link` be inherited by those who have a key role at its receiver.
    fn inheritable(&self, catalogue: &Catalogue, link: &Link) -> bool {
        counts(catalogue, link) && !(link.role == catalogue.known.dtpr && self.is_iks(link.from))
    }

    /// Everything that others have given `to`.
    pub fn records_to(&self, catalogue: &Catalogue, to: Uuid) -> Vec<Record> {
        let mut records: Vec<Record> = self
            .links
            .iter()
            .filter(|link| link.to == to && counts(catalogue, link))
            .map(|link| direct(link, to))
            .collect();
        let mut key_roles: HashMap<Uuid, Vec<RoleKey>> = HashMap::new();
        for (organisation, role) in self.key_roles_of(catalogue, to) {
            key_roles.entry(organisation).or_default().push(role);
        }
        for link in &self.links {
            let Some(roles) = key_roles.get(&link.to) else { continue };
            if self.inheritable(catalogue, link) {
                records.extend(roles.iter().map(|role| via_key_role(link, to, *role)));
            }
        }
        add_mapped(catalogue, &mut records);
        self.add_sub_units(&mut records);
        self.add_proprietors(catalogue, &mut records);
        records
    }

    /// Everything that `from`, or its main unit, has given others.
    pub fn records_from(&self, catalogue: &Catalogue, from: Uuid) -> Vec<Record> {
        let parent = self.parties.get(&from).and_then(|p| p.parent);
        let mut records = Vec::new();
        for link in self.links.iter().filter(|link| counts(catalogue, link)) {
            let inherited = Some(link.from) == parent;
            if link.from != from && !inherited {
                continue;
            }
            let place = |record: Record| if inherited { below(record, from) } else { record };
            records.push(place(direct(link, link.to)));
            if !self.inheritable(catalogue, link) {
                continue;
            }
            for holder in self.links.iter().filter(|l| l.from == link.to && catalogue.role(l.role).key_role) {
                if holder.role != catalogue.known.dtpr || !self.is_iks(holder.from) {
                    records.push(place(via_key_role(link, holder.to, holder.role)));
                }
            }
        }
        add_mapped(catalogue, &mut records);
        records
    }

    fn add_sub_units(&self, records: &mut Vec<Record>) {
        let mut children: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for party in self.parties.values() {
            if let Some(parent) = party.parent {
                children.entry(parent).or_default().push(party.uuid);
            }
        }
        for i in 0..records.len() {
            let record = records[i];
            for child in children.get(&record.from).into_iter().flatten() {
                records.push(below(record, *child));
            }
        }
    }

    /// What an accountant or auditor has for a sole proprietorship holds for its proprietor too.
    fn add_proprietors(&self, catalogue: &Catalogue, records: &mut Vec<Record>) {
        let mut proprietors: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for link in self.links.iter().filter(|link| link.role == catalogue.known.innehaver) {
            let alive = self.parties.get(&link.to).is_some_and(|p| !p.deleted);
            let stands = self.parties.get(&link.from).is_some_and(|p| !p.deleted);
            if alive && stands && self.form(link.from) == Some(ENK) {
                proprietors.entry(link.from).or_default().push(link.to);
            }
        }
        for i in 0..records.len() {
            let record = records[i];
            if catalogue.is_accountant(record.role) {
                for person in proprietors.get(&record.from).into_iter().flatten() {
                    records.push(Record {
                        from: *person,
                        via: Some(record.from),
                        assignment: None,
                        ..record
                    });
                }
            }
        }
    }

    /// Packages that a record brings.
    pub fn packages_of(&self, catalogue: &Catalogue, record: &Record) -> Vec<PackageKey> {
        if let Some(held) = record.assignment.and_then(|id| self.held.get(&id)) {
            return held.packages.clone();
        }
        let form = self.form(record.from);
        let brought = catalogue.role_packages(record.role).iter();
        brought.filter(|p| p.may_use && p.fits(form)).map(|p| p.package).collect()
    }

    /// Single rights that a record brings.
    pub fn rights_of(&self, record: &Record) -> &[Right] {
        record.assignment.and_then(|id| self.held.get(&id)).map_or(&[], |held| &held.rights)
    }

    /// The records of one giver and receiver, summed.
    pub fn sum<'a>(&self, catalogue: &Catalogue, records: impl Iterator<Item = &'a Record>) -> Access {
        let mut access = Access::default();
        for record in records {
            if record.role != catalogue.known.rettighetshaver && record.role != catalogue.known.agent {
                access.roles.insert(record.role);
            }
            access.packages.extend(self.packages_of(catalogue, record));
            access.rights.extend(self.rights_of(record).iter().cloned());
        }
        access
    }
}

impl Access {
    /// Role URNs, new and legacy.
    pub fn role_urns(&self, catalogue: &Catalogue) -> Vec<String> {
        let mut urns: Vec<String> = Vec::new();
        for role in self.roles.iter().map(|key| catalogue.role(*key)) {
            urns.push(role.urn.clone());
            urns.extend(role.legacy_urn.clone());
        }
        urns
    }

    /// Package URNs.
    pub fn package_urns(&self, catalogue: &Catalogue) -> Vec<String> {
        self.packages.iter().map(|key| catalogue.package(*key).urn.clone()).collect()
    }
}

/// Suppliers and the containers of app-controlled rights have no access by that alone.
fn counts(catalogue: &Catalogue, link: &Link) -> bool {
    link.role != catalogue.known.supplier && link.role != catalogue.known.app_controlled
}

fn direct(link: &Link, to: Uuid) -> Record {
    Record {
        from: link.from,
        to,
        role: link.role,
        via: None,
        via_role: None,
        reason: Reason::DIRECT,
        assignment: link.assignment,
    }
}

fn via_key_role(link: &Link, to: Uuid, key_role: RoleKey) -> Record {
    Record { via: Some(link.to), via_role: Some(key_role), reason: Reason::KEY_ROLE, ..direct(link, to) }
}

/// The same access for a sub-unit of the giver.
fn below(record: Record, sub_unit: Uuid) -> Record {
    Record { from: sub_unit, via: Some(record.from), reason: record.reason.and(Reason::PARENT), ..record }
}

fn add_mapped(catalogue: &Catalogue, records: &mut Vec<Record>) {
    for i in 0..records.len() {
        let record = records[i];
        for role in catalogue.implied(record.role) {
            let reason = record.reason.and(Reason::ROLE_MAP);
            records.push(Record { role: *role, reason, assignment: None, ..record });
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::catalogue::catalogue;
    use super::*;

    pub(crate) const KARI: Uuid = Uuid::from_u128(1);
    pub(crate) const OLA: Uuid = Uuid::from_u128(2);
    pub(crate) const BAKER: Uuid = Uuid::from_u128(10);
    pub(crate) const BAKER_SHOP: Uuid = Uuid::from_u128(11);
    pub(crate) const ACCOUNTANT: Uuid = Uuid::from_u128(20);
    pub(crate) const SYSTEM_USER: Uuid = Uuid::from_u128(30);

    pub(crate) fn party(uuid: Uuid, kind: PartyKind, form: Option<&str>, parent: Option<Uuid>) -> Party {
        Party {
            uuid,
            id: 50_000_000,
            kind,
            name: String::new(),
            org_no: None,
            pid: None,
            user_id: None,
            user_name: None,
            unit_type: form.map(str::to_owned),
            parent,
            deleted: false,
        }
    }

    pub(crate) fn role(name: &str) -> RoleKey {
        catalogue().find_role(name).unwrap()
    }

    pub(crate) fn package(name: &str) -> PackageKey {
        catalogue().find_package(name).unwrap()
    }

    pub(crate) fn link(from: Uuid, role_name: &str, to: Uuid) -> Link {
        Link { from, to, role: role(role_name), assignment: None }
    }

    /// A bakery with a shop and an accountant; Kari leads the accountant, Ola leads the bakery.
    pub(crate) fn bakery(form: &str) -> Facts {
        let mut facts = Facts::default();
        facts.add_parties(
            catalogue(),
            vec![
                party(KARI, PartyKind::Person, None, None),
                party(OLA, PartyKind::Person, None, None),
                party(BAKER, PartyKind::Organisation, Some(form), None),
                party(BAKER_SHOP, PartyKind::SubUnit, Some("BEDR"), Some(BAKER)),
                party(ACCOUNTANT, PartyKind::Organisation, Some("AS"), None),
            ],
        );
        facts.links.extend([link(BAKER, "REGN", ACCOUNTANT), link(ACCOUNTANT, "DAGL", KARI)]);
        facts
    }

    pub(crate) fn give(facts: &mut Facts, from: Uuid, to: Uuid, held: Held) {
        let id = Uuid::from_u128(1000 + facts.held.len() as u128);
        facts.links.push(Link { from, to, role: role("rettighetshaver"), assignment: Some(id) });
        facts.held.insert(id, held);
    }

    fn access(facts: &Facts, from: Uuid, to: Uuid) -> Access {
        let records = facts.records_to(catalogue(), to);
        facts.sum(catalogue(), records.iter().filter(|r| r.from == from))
    }

    fn codes(access: &Access) -> BTreeSet<&'static str> {
        access.packages.iter().map(|key| catalogue().package(*key).code.as_str()).collect()
    }

    #[test]
    fn managing_director_has_role_implied_roles_and_packages() {
        let facts = bakery("AS");
        let got = access(&facts, ACCOUNTANT, KARI);
        let urns = got.role_urns(catalogue());
        for urn in [
            "urn:altinn:external-role:ccr:daglig-leder",
            "urn:altinn:rolecode:dagl",
            "urn:altinn:rolecode:hadm",
        ] {
            assert!(urns.iter().any(|u| u == urn), "{urn}");
        }
        assert!(codes(&got).contains("tilgangsstyrer"));
        assert!(codes(&got).contains("skattegrunnlag"));
    }

    #[test]
    fn leader_of_the_accountant_has_the_accountants_packages_for_client_and_its_sub_unit() {
        let facts = bakery("AS");
        let expected = BTreeSet::from([
            "regnskapsforer-lonn",
            "regnskapsforer-med-signeringsrettighet",
            "regnskapsforer-uten-signeringsrettighet",
        ]);
        for from in [BAKER, BAKER_SHOP] {
            let got = access(&facts, from, KARI);
            assert_eq!(codes(&got), expected);
            let roles: Vec<_> = got.roles.iter().map(|k| catalogue().role(*k).code.as_str()).collect();
            assert_eq!(
                roles.iter().copied().collect::<BTreeSet<_>>(),
                BTreeSet::from(["a0239", "a0240", "a0241", "regnskapsforer"])
            );
        }
        let shop = facts.records_to(catalogue(), KARI).into_iter().find(|r| r.from == BAKER_SHOP).unwrap();
        assert_eq!((shop.reason.bits(), shop.via), (4 | 16, Some(BAKER)));
    }

    #[test]
    fn board_member_who_is_no_key_role_inherits_nothing() {
        let mut facts = bakery("AS");
        facts.links.push(link(ACCOUNTANT, "MEDL", OLA));
        assert_eq!(access(&facts, BAKER, OLA), Access::default());
    }

    #[test]
    fn accountant_of_a_sole_proprietorship_acts_for_the_proprietor_while_both_stand() {
        let mut facts = bakery("ENK");
        facts.links.push(link(BAKER, "INNH", OLA));
        assert!(codes(&access(&facts, OLA, KARI)).contains("regnskapsforer-lonn"));
        facts.parties.get_mut(&OLA).unwrap().deleted = true;
        assert_eq!(access(&facts, OLA, KARI), Access::default());
        let mut company = bakery("AS");
        company.links.push(link(BAKER, "INNH", OLA));
        assert_eq!(access(&company, OLA, KARI), Access::default());
    }

    #[test]
    fn system_user_has_what_it_was_given_and_nothing_of_its_owner() {
        let mut facts = bakery("AS");
        let right = Right { resource: "ske-x".into(), action: None };
        let held = Held { packages: vec![package("skattegrunnlag")], rights: vec![right.clone()] };
        give(&mut facts, ACCOUNTANT, SYSTEM_USER, held);
        let got = access(&facts, ACCOUNTANT, SYSTEM_USER);
        assert_eq!((got.roles.len(), codes(&got)), (0, BTreeSet::from(["skattegrunnlag"])));
        assert_eq!(got.rights, HashSet::from([right]));
        assert_eq!(access(&facts, BAKER, SYSTEM_USER), Access::default());
    }

    #[test]
    fn package_given_to_an_organisation_reaches_its_key_role_holders() {
        let mut facts = bakery("AS");
        give(
            &mut facts,
            OLA,
            ACCOUNTANT,
            Held { packages: vec![package("innbygger-skatteforhold-privatpersoner")], ..Held::default() },
        );
        assert_eq!(
            codes(&access(&facts, OLA, KARI)),
            BTreeSet::from(["innbygger-skatteforhold-privatpersoner"])
        );
    }

    #[test]
    fn shared_liability_does_not_lead_through_an_inter_municipal_company() {
        let mut facts = bakery("AS");
        facts.links.retain(|l| l.to != KARI || l.from != ACCOUNTANT);
        facts.links.push(link(ACCOUNTANT, "DTPR", KARI));
        assert!(!access(&facts, BAKER, KARI).packages.is_empty());
        facts.parties.get_mut(&ACCOUNTANT).unwrap().unit_type = Some("IKS".into());
        assert_eq!(access(&facts, BAKER, KARI), Access::default());
        assert!(!access(&facts, ACCOUNTANT, KARI).packages.is_empty(), "the partner's own access stands");
    }

    #[test]
    fn supplier_relation_is_no_access() {
        let mut facts = bakery("AS");
        facts.links.push(link(OLA, "supplier", KARI));
        assert_eq!(access(&facts, OLA, KARI), Access::default());
    }

    #[test]
    fn person_acts_for_itself_as_private_person() {
        let got = access(&bakery("AS"), KARI, KARI);
        assert!(got.role_urns(catalogue()).contains(&"urn:altinn:rolecode:priv".to_owned()));
        assert!(got.role_urns(catalogue()).contains(&"urn:altinn:rolecode:admai".to_owned()));
        assert_eq!(got.packages.len(), 35);
    }

    #[test]
    fn both_directions_tell_the_same() {
        let mut facts = bakery("AS");
        give(
            &mut facts,
            BAKER,
            ACCOUNTANT,
            Held { packages: vec![package("skattegrunnlag")], ..Held::default() },
        );
        for from in [BAKER, BAKER_SHOP] {
            let mut there: Vec<_> = facts.records_from(catalogue(), from);
            there.retain(|r| r.to == KARI);
            let back: HashSet<_> =
                facts.records_to(catalogue(), KARI).into_iter().filter(|r| r.from == from).collect();
            assert!(!there.is_empty());
            assert_eq!(there.into_iter().collect::<HashSet<_>>(), back);
        }
    }
}
