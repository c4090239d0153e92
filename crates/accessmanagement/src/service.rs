//! The port: what other blocks ask about access, and how they change it.

use crate::domain::catalogue::{Catalogue, Language, PackageKey, catalogue};
use crate::domain::connection::{Facts, Record};
use crate::domain::delegation::{Means, RightCheck, party_type};
use crate::domain::rights::{PolicyRight, decompose};
use crate::store::assignments::{self, Between, Change};
use crate::store::facts::Sources;
use async_trait::async_trait;
use db::{Db, Tx};
use httpkit::Ctx;
use jiff::Timestamp;
use kernel::{Clock, Ids};
use ports::accessmanagement::{Connection, DelegationCheck, Grant, Granted, PackageInfo, Right};
use ports::authentication::SystemUsers;
use ports::register::{Party, PartyKind, PartyRef, Register};
use ports::resourceregistry::{Resource, ResourceRegistry};
use ports::{Result, accessmanagement};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// Access management: who may act for whom, and who gave what.
pub struct AccessManagement {
    pub(crate) db: Db,
    pub(crate) register: Arc<dyn Register>,
    pub(crate) resources: Arc<dyn ResourceRegistry>,
    pub(crate) catalogue: &'static Catalogue,
    system_users: Arc<dyn SystemUsers>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl AccessManagement {
    /// Stands on the registers, the resource registry and the system users.
    pub fn new(
        ctx: &Ctx,
        register: Arc<dyn Register>,
        resources: Arc<dyn ResourceRegistry>,
        system_users: Arc<dyn SystemUsers>,
    ) -> Arc<Self> {
        Arc::new(Self {
            db: ctx.db.clone(),
            register,
            resources,
            catalogue: catalogue(),
            system_users,
            clock: ctx.clock.clone(),
            ids: ctx.ids.clone(),
        })
    }

    pub(crate) fn sources(&self) -> Sources<'_> {
        Sources { catalogue: self.catalogue, db: &self.db, register: &*self.register }
    }

    pub(crate) fn change(&self, from: Uuid, to: Uuid, by: Uuid) -> Change<'_> {
        Change { from, to, by, at: self.clock.now(), ids: &*self.ids }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn new_id(&self) -> Uuid {
        self.ids.uuid_v7(self.clock.now())
    }

    /// Has `to` anything of `from`, be it only the connection itself.
    pub(crate) async fn is_connected(&self, from: Uuid, to: Uuid) -> Result<bool> {
        let facts = self.sources().between(from, to).await?;
        Ok(facts.records_to(self.catalogue, to).iter().any(|record| record.from == from))
    }

    /// A party of the registers, or a system user in the form of one.
    pub(crate) async fn party(&self, uuid: Uuid) -> Result<Option<Party>> {
        if let Some(party) = self.register.party(&PartyRef::Uuid(uuid)).await? {
            return Ok(Some(party));
        }
        let user = self.system_users.system_user(uuid).await?;
        Ok(user.filter(|user| !user.deleted).map(|user| Party {
            uuid,
            id: 0,
            kind: PartyKind::SystemUser,
            name: user.title,
            org_no: None,
            pid: None,
            user_id: None,
            user_name: None,
            unit_type: None,
            parent: None,
            deleted: false,
        }))
    }

    /// Everything `to` has, with the facts behind it.
    pub(crate) async fn received_by(&self, to: Uuid) -> Result<(Facts, Vec<Record>)> {
        let facts = self.sources().received_by(to).await?;
        let records = facts.records_to(self.catalogue, to);
        Ok((facts, records))
    }

    /// Everything that `from` has given, with the facts behind it; system users among the receivers are named.
    pub(crate) async fn given_by(&self, from: Uuid) -> Result<(Facts, Vec<Record>)> {
        let mut facts = self.sources().given_by(from).await?;
        let records = facts.records_from(self.catalogue, from);
        let unknown: BTreeSet<Uuid> =
            records.iter().map(|r| r.to).filter(|id| !facts.parties.contains_key(id)).collect();
        for id in unknown {
            if let Some(party) = self.party(id).await? {
                facts.parties.insert(id, party);
            }
        }
        Ok((facts, records))
    }

    /// The rights that a resource's policy consists of. A policy that cannot be read gives none.
    pub(crate) async fn policy_rights(&self, resource: &str) -> Result<Vec<PolicyRight>> {
        let Some(policy) = self.resources.policy(resource).await? else { return Ok(Vec::new()) };
        Ok(match xacml::read_policy(&policy.xml) {
            Ok(policy) => decompose(&policy, resource),
            Err(error) => {
                tracing::warn!(resource, %error, "policy cannot be read");
                Vec::new()
            }
        })
    }

    /// Every right of a resource, each with whether it may be given.
    pub(crate) async fn check_resource(
        &self,
        means: &Means<'_>,
        resource: &Resource,
    ) -> Result<Vec<RightCheck>> {
        let vetoes = vetoes(resource);
        let rights = self.policy_rights(&resource.identifier).await?;
        Ok(rights.iter().map(|right| means.check_right(&resource.identifier, right, &vetoes)).collect())
    }

    async fn check_right(&self, means: &Means<'_>, right: &Right) -> Result<(Vec<String>, Vec<String>)> {
        let Some(resource) = self.resources.resource(&right.resource).await? else {
            return Ok((Vec::new(), vec!["ResourceNotFound: no such resource".into()]));
        };
        let mut checks = self.check_resource(means, &resource).await?;
        if let Some(action) = &right.action {
            checks.retain(|check| check.right.action == *action);
        }
        if checks.is_empty() {
            return Ok((
                Vec::new(),
                vec!["MissingPolicyRight: the policy gives no such right to a role or package".into()],
            ));
        }
        let refused: BTreeSet<&str> =
            checks.iter().filter(|c| !c.result).flat_map(|c| c.reason_codes.iter().copied()).collect();
        let reasons = refused.iter().map(|code| format!("{code}: {}", words(code))).collect();
        // An action passes only where all its rights do: a grant of the action covers every part of the resource.
        let held_back: BTreeSet<String> =
            checks.iter().filter(|c| !c.result).map(|c| c.right.action.clone()).collect();
        let actions: BTreeSet<String> = checks.into_iter().map(|check| check.right.action).collect();
        Ok((actions.difference(&held_back).cloned().collect(), reasons))
    }

    fn check_package(&self, means: &Means<'_>, party: Option<&Party>, urn: &str) -> (bool, Vec<String>) {
        let Some(package) = self.catalogue.find_package(urn) else {
            return (false, vec!["PackageNotFound: no such access package".into()]);
        };
        if party.is_none_or(|p| party_type(p) != self.catalogue.package(package).party_type) {
            return (false, vec!["WrongPartyType: the package is not for this kind of party".into()]);
        }
        if means.check_package(package).result {
            return (true, Vec::new());
        }
        (false, vec![format!("NoAccess: {}", words("NoAccess"))])
    }
}

/// What forbids delegation whoever asks.
fn vetoes(resource: &Resource) -> Vec<&'static str> {
    let mut vetoes = Vec::new();
    if !resource.delegable {
        vetoes.push("ResourceNotDelegable");
    }
    if resource.resource_type == "MaskinportenSchema" {
        vetoes.push("ResourceIsMaskinPortenSchema");
    }
    vetoes
}

fn words(code: &str) -> &'static str {
    match code {
        "MissingRoleAccess" => "the user has none of the roles that give the right",
        "MissingPackageAccess" => "the user has none of the access packages that give the right",
        "MissingDelegationAccess" => "the user has not been given the right",
        "ResourceNotDelegable" => "rights to the resource cannot be delegated",
        "ResourceIsMaskinPortenSchema" => "the resource is delegated to suppliers only",
        "NoAccess" => "the user does not have the package, or may not pass it on",
        _ => "the right as such is held",
    }
}

#[async_trait]
impl accessmanagement::AccessManagement for AccessManagement {
    async fn connection(&self, from: Uuid, to: Uuid) -> Result<Connection> {
        let facts = self.sources().between(from, to).await?;
        let records = facts.records_to(self.catalogue, to);
        let access = facts.sum(self.catalogue, records.iter().filter(|r| r.from == from));
        let mut rights: Vec<Right> = access.rights.iter().cloned().collect();
        rights.sort_by(|a, b| (&a.resource, &a.action).cmp(&(&b.resource, &b.action)));
        Ok(Connection {
            roles: access.role_urns(self.catalogue),
            packages: access.package_urns(self.catalogue),
            rights,
        })
    }

    async fn parties_of(&self, to: Uuid) -> Result<Vec<Uuid>> {
        let (_, records) = self.received_by(to).await?;
        let parties: BTreeSet<Uuid> = records.iter().map(|r| r.from).collect();
        Ok(parties.into_iter().collect())
    }

    async fn delegation_check(
        &self,
        user: Uuid,
        from: Uuid,
        grants: &[Grant],
    ) -> Result<Vec<DelegationCheck>> {
        let facts = self.sources().between(from, user).await?;
        let means = Means::new(self.catalogue, &facts, user, from);
        let manages = means.manages_access();
        let party = facts.parties.get(&from);
        let mut checks = Vec::with_capacity(grants.len());
        for grant in grants {
            let (what, mut delegable, mut actions, mut reasons) = match grant {
                Grant::Package(urn) => {
                    let (delegable, reasons) = self.check_package(&means, party, urn);
                    (urn.clone(), delegable, Vec::new(), reasons)
                }
                Grant::Right(right) => {
                    let (actions, reasons) = self.check_right(&means, right).await?;
                    (name_of(right), !actions.is_empty(), actions, reasons)
                }
            };
            if !manages {
                delegable = false;
                actions.clear();
                reasons.push("NotAccessManager: the user may not manage access for the party".into());
            }
            checks.push(DelegationCheck { what, delegable, actions, reasons });
        }
        Ok(checks)
    }

    async fn grant(&self, tx: &mut Tx, from: Uuid, to: Uuid, by: Uuid, grants: &[Grant]) -> Result<()> {
        let change = self.change(from, to, by);
        let container = self.catalogue.known.rettighetshaver;
        let (assignment, _) = assignments::assign(tx, self.catalogue, &change, container).await?;
        for grant in grants {
            match grant {
                Grant::Right(right) => {
                    assignments::add_right(tx, &change, assignment, right).await?;
                }
                Grant::Package(urn) => {
                    let package = self.package_key(urn)?;
                    assignments::add_package(tx, self.catalogue, &change, assignment, package).await?;
                }
            }
        }
        Ok(())
    }

    async fn revoke_all(&self, tx: &mut Tx, from: Uuid, to: Uuid, by: Uuid) -> Result<u64> {
        assignments::remove_all(tx, &self.change(from, to, by), |_| true).await
    }

    async fn package(&self, urn: &str) -> Result<Option<PackageInfo>> {
        let Some(key) = self.catalogue.find_package(urn) else { return Ok(None) };
        let package = self.catalogue.package(key);
        let pairs = self.resources.resources_by_subject(std::slice::from_ref(&package.urn)).await?;
        let describe = |language| self.catalogue.package_description(package, language);
        Ok(Some(PackageInfo {
            id: package.id,
            urn: package.urn.clone(),
            name: json!({
                "nb": package.name.get(Language::Nb),
                "nn": package.name.get(Language::Nn),
                "en": package.name.get(Language::En),
            }),
            description: json!({
                "nb": describe(Language::Nb), "nn": describe(Language::Nn), "en": describe(Language::En),
            }),
            assignable: package.assignable,
            delegable: package.delegable,
            resources: pairs.into_iter().map(|(_, resource)| resource).collect(),
        }))
    }

    async fn granted(&self, from: Uuid, to: Uuid) -> Result<Vec<Granted>> {
        let links = assignments::links(&self.db, self.catalogue, Between::ToFrom(&[to], &[from])).await?;
        let ids: Vec<Uuid> = links.iter().filter_map(|link| link.assignment).collect();
        let rows = assignments::grants(&self.db, self.catalogue, &ids).await?;
        Ok(rows.into_iter().map(|row| row.granted).collect())
    }
}

impl AccessManagement {
    /// A caller checks packages before it grants them; one that is not in the catalogue is a fault, not a refusal.
    fn package_key(&self, urn: &str) -> Result<PackageKey> {
        let unknown = || db::Error::Constraint(format!("no access package {urn}"));
        self.catalogue.find_package(urn).ok_or_else(unknown)
    }

    /// These resources, each read once.
    pub(crate) async fn resources_named(&self, ids: BTreeSet<String>) -> Result<HashMap<String, Resource>> {
        let mut found = HashMap::new();
        for id in ids {
            if let Some(resource) = self.resources.resource(&id).await? {
                found.insert(id, resource);
            }
        }
        Ok(found)
    }
}

fn name_of(right: &Right) -> String {
    match &right.action {
        Some(action) => format!("urn:altinn:resource:{}:{action}", right.resource),
        None => format!("urn:altinn:resource:{}", right.resource),
    }
}
