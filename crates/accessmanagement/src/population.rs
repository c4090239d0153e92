//! Loading of `rightholders` and `delegations` from population files.

use crate::domain::catalogue::{Catalogue, PackageKey, RoleKey};
use crate::service::AccessManagement;
use crate::store::assignments::{self, Between, Change};
use async_trait::async_trait;
use db::Tx;
use jiff::Timestamp;
use kernel::PartyUrn;
use ports::accessmanagement::{Grant, Right};
use ports::population::{Counts, ImportError, LoadError, PopulationSink};
use ports::register::{PartyKind, PartyRef};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

const RIGHTHOLDERS: &str = "rightholders";
const DELEGATIONS: &str = "delegations";

/// A connection, or one thing given.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Item {
    from: String,
    to: String,
    role: Option<String>,
    package: Option<String>,
    resource: Option<String>,
    #[serde(default)]
    actions: Vec<String>,
    app: Option<App>,
    by: Option<String>,
    at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct App {
    org: String,
    app: String,
}

/// What an item gives.
enum What {
    Role(RoleKey),
    Package(PackageKey),
    Rights(Vec<Right>),
}

fn fault(index: usize, field: &str, reason: impl Into<String>) -> ImportError {
    let pointer = if field.is_empty() { format!("/{index}") } else { format!("/{index}/{field}") };
    ImportError { pointer, reason: reason.into() }
}

impl Item {
    fn read(index: usize, member: &str, value: &Value) -> Result<Self, ImportError> {
        let item: Self =
            serde_json::from_value(value.clone()).map_err(|e| fault(index, "", e.to_string()))?;
        if member == RIGHTHOLDERS && (item.things() > 0 || item.by.is_some() || item.at.is_some()) {
            return Err(fault(index, "", "a right holder has only from and to"));
        }
        if !item.actions.is_empty() && item.resource.is_none() && item.app.is_none() {
            return Err(fault(index, "actions", "actions belong to a resource or an app"));
        }
        Ok(item)
    }

    fn things(&self) -> usize {
        [self.role.is_some(), self.package.is_some(), self.resource.is_some(), self.app.is_some()]
            .into_iter()
            .filter(|there| *there)
            .count()
    }

    fn what(&self, catalogue: &Catalogue, index: usize, member: &str) -> Result<What, ImportError> {
        if member == RIGHTHOLDERS {
            return Ok(What::Role(catalogue.known.rettighetshaver));
        }
        if self.things() != 1 {
            return Err(fault(index, "", "exactly one of role, package, resource and app must be given"));
        }
        if let Some(role) = &self.role {
            let key = catalogue
                .find_role(role)
                .ok_or_else(|| fault(index, "role", format!("unknown role {role}")))?;
            return Ok(What::Role(key));
        }
        if let Some(package) = &self.package {
            let unknown = || fault(index, "package", format!("unknown access package {package}"));
            return Ok(What::Package(catalogue.find_package(package).ok_or_else(unknown)?));
        }
        let app = self.app.as_ref().map(|app| format!("app_{}_{}", app.org, app.app));
        let resource = self.resource.clone().or(app).unwrap_or_default();
        if self.actions.is_empty() {
            return Ok(What::Rights(vec![Right { resource, action: None }]));
        }
        let right = |action: &String| Right { resource: resource.clone(), action: Some(action.clone()) };
        Ok(What::Rights(self.actions.iter().map(right).collect()))
    }
}

impl AccessManagement {
    async fn party_by_urn(
        &self,
        tx: &mut Tx,
        index: usize,
        field: &str,
        text: &str,
    ) -> Result<Uuid, LoadError> {
        let urn = PartyUrn::parse_digits(text).map_err(|e| fault(index, field, e.to_string()))?;
        let by = match urn {
            // System users are loaded after delegations may have named them: their id is their party.
            PartyUrn::SystemUser(id) => return Ok(id),
            PartyUrn::Person(pid) => PartyRef::Pid(pid.as_str().to_owned()),
            PartyUrn::Organization(org_no) => PartyRef::OrgNo(org_no.as_str().to_owned()),
            PartyUrn::Party(id) => PartyRef::Uuid(id),
            _ => return Err(fault(index, field, "this kind of party URN is not used here").into()),
        };
        let party = self.register.party_in(tx, &by).await?;
        Ok(party.ok_or_else(|| fault(index, field, "no such party"))?.uuid)
    }

    async fn load_item(
        &self,
        tx: &mut Tx,
        index: usize,
        member: &str,
        item: &Item,
    ) -> Result<bool, LoadError> {
        let what = item.what(self.catalogue, index, member)?;
        let from = self.party_by_urn(tx, index, "from", &item.from).await?;
        let to = self.party_by_urn(tx, index, "to", &item.to).await?;
        let by = match &item.by {
            Some(by) => self.party_by_urn(tx, index, "by", by).await?,
            None => from,
        };
        let mut change = self.change(from, to, by);
        change.at = item.at.unwrap_or(change.at);
        Ok(apply(tx, self.catalogue, &change, what).await?)
    }
}

async fn apply(tx: &mut Tx, catalogue: &Catalogue, change: &Change<'_>, what: What) -> db::Result<bool> {
    let role = if let What::Role(role) = what { role } else { catalogue.known.rettighetshaver };
    let (assignment, mut new) = assignments::assign(tx, catalogue, change, role).await?;
    match what {
        What::Role(_) => {}
        What::Package(package) => {
            new = assignments::add_package(tx, catalogue, change, assignment, package).await?.1;
        }
        What::Rights(rights) => {
            new = false;
            for right in &rights {
                new |= assignments::add_right(tx, change, assignment, right).await?;
            }
        }
    }
    Ok(new)
}

#[async_trait]
impl PopulationSink for AccessManagement {
    fn members(&self) -> &'static [&'static str] {
        &[RIGHTHOLDERS, DELEGATIONS]
    }

    async fn load(&self, tx: &mut Tx, member: &str, items: &[Value]) -> Result<Counts, LoadError> {
        let mut counts = Counts::default();
        for (index, value) in items.iter().enumerate() {
            let item = Item::read(index, member, value)?;
            if self.load_item(tx, index, member, &item).await? {
                counts.created += 1;
            } else {
                counts.unchanged += 1;
            }
        }
        Ok(counts)
    }

    async fn dump(&self, member: &str) -> Result<Vec<Value>, db::Error> {
        let links = assignments::links(&self.db, self.catalogue, Between::All).await?;
        let ids: Vec<Uuid> = links.iter().filter_map(|l| l.assignment).collect();
        let mut grants: HashMap<Uuid, Vec<_>> = HashMap::new();
        for row in assignments::grants(&self.db, self.catalogue, &ids).await? {
            grants.entry(row.assignment).or_default().push(row.granted);
        }
        let urns = self.urns(links.iter().flat_map(|l| [l.from, l.to]).collect()).await?;
        let name = |id: Uuid| urns.get(&id).cloned().unwrap_or_else(|| PartyUrn::Party(id).to_urn());
        let mut out = Vec::new();
        for link in links {
            let head = json!({ "from": name(link.from), "to": name(link.to) });
            let container = link.role == self.catalogue.known.rettighetshaver;
            let given = link.assignment.and_then(|id| grants.remove(&id)).unwrap_or_default();
            match (member, container) {
                (RIGHTHOLDERS, true) if given.is_empty() => out.push(head),
                (DELEGATIONS, false) => {
                    out.push(with(&head, "role", self.catalogue.role(link.role).code.as_str()));
                }
                (DELEGATIONS, true) => out.extend(given.into_iter().map(|granted| {
                    let mut item = match granted.grant {
                        Grant::Package(urn) => with(&head, "package", urn.as_str()),
                        Grant::Right(right) => {
                            let item = with(&head, "resource", right.resource.as_str());
                            right
                                .action
                                .map_or(item.clone(), |action| with(&item, "actions", json!([action])))
                        }
                    };
                    item["by"] = json!(name(granted.by));
                    item["at"] = json!(granted.at.to_string());
                    item
                })),
                _ => {}
            }
        }
        Ok(out)
    }
}

impl AccessManagement {
    /// URNs of parties as population files write them.
    async fn urns(&self, parties: BTreeSet<Uuid>) -> Result<HashMap<Uuid, String>, db::Error> {
        let parties: Vec<Uuid> = parties.into_iter().collect();
        let mut urns = HashMap::new();
        for chunk in parties.chunks(1000) {
            for party in self.register.parties(chunk).await? {
                let urn = match (party.kind, &party.pid, &party.org_no) {
                    (PartyKind::SystemUser, _, _) => PartyUrn::SystemUser(party.uuid).to_urn(),
                    (_, Some(pid), _) => format!("urn:altinn:person:identifier-no:{pid}"),
                    (_, _, Some(org_no)) => format!("urn:altinn:organization:identifier-no:{org_no}"),
                    _ => PartyUrn::Party(party.uuid).to_urn(),
                };
                urns.insert(party.uuid, urn);
            }
        }
        Ok(urns)
    }
}

fn with(item: &Value, member: &str, value: impl Into<Value>) -> Value {
    let mut item = item.clone();
    item[member] = value.into();
    item
}
