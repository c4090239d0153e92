//! May this user give that away on behalf of a party (access-management §5).

use super::catalogue::{Catalogue, PackageKey, PartyType, RoleKey};
use super::connection::{Facts, Reason, Record};
use super::rights::PolicyRight;
use ports::accessmanagement::Right;
use ports::register::{Party, PartyKind};
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Where a user's power to give a package comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageReason {
    /// `Direct-RolePackage`, `KeyRole-AssignmentPackage-MainUnit` … or `NoAccess`.
    pub description: String,
    /// The record that it rests on; none for `NoAccess`.
    pub record: Option<Record>,
}

/// Answer for one package.
#[derive(Debug, Clone)]
pub struct PackageCheck {
    /// May it be given.
    pub result: bool,
    /// Why, or `NoAccess`.
    pub reasons: Vec<PackageReason>,
}

/// Answer for one right of a resource.
#[derive(Debug, Clone)]
pub struct RightCheck {
    /// The right.
    pub right: PolicyRight,
    /// May it be given.
    pub result: bool,
    /// Codes of the wire (`RoleAccess`, `MissingPackageAccess` …).
    pub reason_codes: Vec<&'static str>,
}

/// Kind of packages and roles that a party gives.
pub fn party_type(party: &Party) -> PartyType {
    match party.kind {
        PartyKind::Organisation | PartyKind::SubUnit => PartyType::Org,
        PartyKind::Person | PartyKind::SelfIdentified | PartyKind::SystemUser => PartyType::Person,
    }
}

/// A user's means for one party.
pub struct Means<'a> {
    catalogue: &'a Catalogue,
    facts: &'a Facts,
    records: Vec<Record>,
    /// Package → what its delegation rests on.
    packages: HashMap<PackageKey, Vec<PackageReason>>,
    roles: BTreeSet<RoleKey>,
    rights: HashSet<Right>,
}

impl<'a> Means<'a> {
    /// What `user` could give away for `party`.
    pub fn new(catalogue: &'a Catalogue, facts: &'a Facts, user: Uuid, party: Uuid) -> Self {
        let records: Vec<Record> =
            facts.records_to(catalogue, user).into_iter().filter(|r| r.from == party).collect();
        let mut means = Self {
            catalogue,
            facts,
            packages: HashMap::new(),
            roles: records.iter().map(|r| r.role).collect(),
            rights: records.iter().flat_map(|r| facts.rights_of(r)).cloned().collect(),
            records,
        };
        for record in means.records.clone() {
            means.add_sources(&record);
        }
        means.add_main_administrator();
        means
    }

    fn add_sources(&mut self, record: &Record) {
        if let Some(held) = record.assignment.and_then(|id| self.facts.held.get(&id)) {
            // A main administrator by delegation may not make another one.
            let main = self.catalogue.known.hovedadministrator;
            for package in held.packages.iter().filter(|p| **p != main) {
                self.add(*package, "AssignmentPackage", record, "");
            }
            return;
        }
        let form = self.facts.parties.get(&record.from).and_then(|p| p.unit_type.as_deref());
        for given in self.catalogue.role_packages(record.role) {
            if given.may_delegate && given.fits(form) {
                self.add(given.package, "RolePackage", record, "");
            }
        }
    }

    fn add(&mut self, package: PackageKey, kind: &str, record: &Record, suffix: &str) {
        let step = if record.reason.has(Reason::KEY_ROLE) { "KeyRole" } else { "Direct" };
        let unit = if record.reason.has(Reason::PARENT) { "-MainUnit" } else { "" };
        self.packages.entry(package).or_default().push(PackageReason {
            description: format!("{step}-{kind}{unit}{suffix}"),
            record: Some(*record),
        });
    }

    /// Records by which the user is main administrator of the party.
    fn main_administrator(&self) -> Vec<(Record, &'static str)> {
        let main = self.catalogue.known.hovedadministrator;
        let holds = |record: &Record| -> Option<&'static str> {
            match record.assignment.and_then(|id| self.facts.held.get(&id)) {
                Some(held) => held.packages.contains(&main).then_some("AssignmentPackage"),
                None => {
                    self.facts.packages_of(self.catalogue, record).contains(&main).then_some("RolePackage")
                }
            }
        };
        self.records.iter().filter_map(|record| holds(record).map(|kind| (*record, kind))).collect()
    }

    fn add_main_administrator(&mut self) {
        let list = self.catalogue.role_packages(self.catalogue.known.hovedadministrator_role);
        let main = self.catalogue.known.hovedadministrator;
        for (record, kind) in self.main_administrator() {
            let form = self.facts.parties.get(&record.from).and_then(|p| p.unit_type.as_deref());
            for given in list.iter().filter(|p| p.fits(form) && p.package != main) {
                self.add(given.package, kind, &record, "-HovedAdmin");
            }
            self.roles.extend(self.catalogue.implied(self.catalogue.known.hovedadministrator_role));
        }
    }

    /// May the user manage access for the party at all: the subjects of the platform's own policy for access
    /// management (authorization §12).
    pub fn manages_access(&self) -> bool {
        let role = |code: &str| self.catalogue.find_role(code).is_some_and(|key| self.roles.contains(&key));
        let access = self.facts.sum(self.catalogue, self.records.iter());
        let package =
            |code| self.catalogue.find_package(code).is_some_and(|key| access.packages.contains(&key));
        ["admai", "hadm", "bobel"].into_iter().any(role)
            || ["tilgangsstyrer", "hovedadministrator"].into_iter().any(package)
    }

    /// May this package be given.
    pub fn check_package(&self, package: PackageKey) -> PackageCheck {
        let assignable = self.catalogue.package(package).assignable;
        match self.packages.get(&package) {
            Some(reasons) if assignable => PackageCheck { result: true, reasons: reasons.clone() },
            _ => {
                let none = PackageReason { description: "NoAccess".into(), record: None };
                PackageCheck { result: false, reasons: vec![none] }
            }
        }
    }

    /// May this right of a resource be given, before the resource's own vetoes.
    pub fn check_right(&self, resource: &str, right: &PolicyRight, vetoes: &[&'static str]) -> RightCheck {
        let mut has = Vec::new();
        let mut lacks = Vec::new();
        let mut say = |held: bool, yes, no| if held { has.push(yes) } else { lacks.push(no) };
        let (packages, roles): (Vec<_>, Vec<_>) =
            right.accessors.iter().partition(|urn| urn.starts_with("urn:altinn:accesspackage:"));
        if !roles.is_empty() {
            let held = roles
                .iter()
                .any(|urn| self.catalogue.find_role(urn).is_some_and(|key| self.roles.contains(&key)));
            say(held, "RoleAccess", "MissingRoleAccess");
        }
        if !packages.is_empty() {
            // WIRE: here the power to delegate the package is enough, assignable or not (access-management §5).
            let held = packages.iter().any(|urn| {
                self.catalogue.find_package(urn).is_some_and(|key| self.packages.contains_key(&key))
            });
            say(held, "PackageAccess", "MissingPackageAccess");
        }
        let delegated = self.rights.iter().any(|r| {
            r.resource.eq_ignore_ascii_case(resource) && r.action.as_ref().is_none_or(|a| *a == right.action)
        });
        say(delegated, "DelegationAccess", "MissingDelegationAccess");
        let result = !has.is_empty() && vetoes.is_empty();
        let mut reason_codes = if has.is_empty() { lacks } else { has };
        reason_codes.extend(vetoes);
        RightCheck { right: right.clone(), result, reason_codes }
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::catalogue;
    use super::super::connection::Held;
    use super::super::connection::tests::{
        ACCOUNTANT, BAKER, BAKER_SHOP, KARI, OLA, bakery, give, link, package,
    };
    use super::*;

    fn check(facts: &Facts, user: Uuid, party: Uuid, code: &str) -> PackageCheck {
        Means::new(catalogue(), facts, user, party).check_package(package(code))
    }

    fn words(check: &PackageCheck) -> Vec<&str> {
        check.reasons.iter().map(|r| r.description.as_str()).collect()
    }

    fn right(action: &str, accessors: &[&str]) -> PolicyRight {
        PolicyRight {
            key: String::new(),
            resource: vec![("urn:altinn:resource".into(), "ske-x".into())],
            action: action.into(),
            accessors: accessors.iter().map(|s| (*s).to_owned()).collect(),
        }
    }

    #[test]
    fn managing_director_may_give_what_the_role_may_delegate() {
        let mut facts = bakery("AS");
        facts.links.push(link(BAKER, "DAGL", OLA));
        let own = check(&facts, OLA, BAKER, "skattegrunnlag");
        assert!(own.result);
        assert!(words(&own).contains(&"Direct-RolePackage"));
        let shop = check(&facts, OLA, BAKER_SHOP, "skattegrunnlag");
        assert!(words(&shop).contains(&"Direct-RolePackage-MainUnit"), "{:?}", words(&shop));
        assert!(Means::new(catalogue(), &facts, OLA, BAKER).manages_access());
    }

    #[test]
    fn accountant_may_use_but_not_pass_on_its_role_packages() {
        let facts = bakery("AS");
        let got = check(&facts, KARI, BAKER, "regnskapsforer-lonn");
        assert_eq!((got.result, words(&got)), (false, vec!["NoAccess"]));
        assert!(!Means::new(catalogue(), &facts, KARI, BAKER).manages_access());
    }

    #[test]
    fn receiver_of_a_package_may_pass_it_on_also_through_a_key_role() {
        let mut facts = bakery("AS");
        give(
            &mut facts,
            BAKER,
            ACCOUNTANT,
            Held { packages: vec![package("skattegrunnlag")], ..Held::default() },
        );
        assert_eq!(words(&check(&facts, KARI, BAKER, "skattegrunnlag")), ["KeyRole-AssignmentPackage"]);
    }

    #[test]
    fn main_administrator_gives_other_packages_but_makes_no_other_main_administrator() {
        let mut facts = bakery("AS");
        give(
            &mut facts,
            BAKER,
            OLA,
            Held { packages: vec![package("hovedadministrator")], ..Held::default() },
        );
        assert_eq!(
            words(&check(&facts, OLA, BAKER, "skattegrunnlag")),
            ["Direct-AssignmentPackage-HovedAdmin"]
        );
        assert!(!check(&facts, OLA, BAKER, "hovedadministrator").result);
        facts.links.push(link(BAKER, "DAGL", KARI));
        assert!(check(&facts, KARI, BAKER, "hovedadministrator").result);
    }

    #[test]
    fn right_needs_role_package_or_delegation_and_no_veto() {
        let mut facts = bakery("AS");
        facts.links.push(link(BAKER, "DAGL", OLA));
        let ola = Means::new(catalogue(), &facts, OLA, BAKER);
        let write =
            right("write", &["urn:altinn:rolecode:dagl", "urn:altinn:accesspackage:regnskapsforer-lonn"]);
        let got = ola.check_right("ske-x", &write, &[]);
        assert_eq!((got.result, got.reason_codes), (true, vec!["RoleAccess"]));
        let vetoed = ola.check_right("ske-x", &write, &["ResourceNotDelegable"]);
        assert_eq!((vetoed.result, vetoed.reason_codes), (false, vec!["RoleAccess", "ResourceNotDelegable"]));

        let stranger = Means::new(catalogue(), &facts, KARI, OLA).check_right("ske-x", &write, &[]);
        assert!(!stranger.result);
        assert_eq!(
            stranger.reason_codes,
            ["MissingRoleAccess", "MissingPackageAccess", "MissingDelegationAccess"]
        );
    }

    #[test]
    fn delegated_right_may_be_passed_on_for_its_action_only() {
        let mut facts = bakery("AS");
        let held = Held {
            rights: vec![Right { resource: "ske-x".into(), action: Some("read".into()) }],
            ..Held::default()
        };
        give(&mut facts, BAKER, OLA, held);
        let ola = Means::new(catalogue(), &facts, OLA, BAKER);
        let accessors = ["urn:altinn:rolecode:utinn"];
        assert!(ola.check_right("ske-x", &right("read", &accessors), &[]).result);
        assert!(!ola.check_right("ske-x", &right("write", &accessors), &[]).result);
        assert!(!ola.check_right("ske-y", &right("read", &accessors), &[]).result);
    }
}
