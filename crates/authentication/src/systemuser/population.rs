//! Members `systems`, `systemUsers` and `systemUserRequests` of population files. They go through the rules of the API where
//! the API has rules. Parties, resources and packages must have been committed by an earlier load.

use super::domain::{AccessPackage, Kind, Request, Right, System, User, register as rules, request, right};
use super::store::{requests, systems, users};
use super::wire::body;
use super::wire::register::{RegisterSystemRequest, RegisteredSystemResponse};
use crate::Deps;
use async_trait::async_trait;
use db::Tx;
use httpkit::Ctx;
use jiff::Timestamp;
use kernel::urn::PartyUrn;
use ports::accessmanagement::Grant;
use ports::population::{Counts, ImportError, LoadError, PopulationSink};
use ports::register::{Party, PartyRef};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

const SYSTEMS: &str = "systems";
const USERS: &str = "systemUsers";
const REQUESTS: &str = "systemUserRequests";

/// Loads and dumps what this block owns of a population.
#[derive(Clone)]
pub struct SystemUserPopulation {
    ctx: Ctx,
    deps: Deps,
}

/// A right in a population file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RightItem {
    resource: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    actions: Vec<String>,
}

/// A system user in a population file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UserItem {
    id: Uuid,
    system: String,
    party: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_ref: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rights: Vec<RightItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    packages: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
}

/// A request in a population file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RequestItem {
    id: Uuid,
    system: String,
    party: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_ref: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rights: Vec<RightItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    packages: Vec<String>,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
}

fn wrong(index: usize, field: &str, reason: impl Into<String>) -> LoadError {
    let pointer = if field.is_empty() { format!("/{index}") } else { format!("/{index}/{field}") };
    LoadError::Input(ImportError::new(pointer, reason))
}

fn item<T: serde::de::DeserializeOwned>(index: usize, value: &Value) -> Result<T, LoadError> {
    T::deserialize(value).map_err(|error| wrong(index, "", error.to_string()))
}

fn kind_of(index: usize, word: &str) -> Result<Kind, LoadError> {
    match word {
        "standard" => Ok(Kind::Standard),
        "agent" => Ok(Kind::Agent),
        _ => Err(wrong(index, "type", "type is standard or agent")),
    }
}

fn package_of(text: &str) -> AccessPackage {
    let urn = if text.contains(':') { text.to_owned() } else { format!("urn:altinn:accesspackage:{text}") };
    AccessPackage { urn }
}

fn rights_of(items: &[RightItem]) -> Vec<Right> {
    items
        .iter()
        .flat_map(|item| {
            let right = Right::to_resource(&item.resource);
            let of_action = |action: &String| Right { action: Some(action.clone()), ..right.clone() };
            if item.actions.is_empty() {
                vec![right.clone()]
            } else {
                item.actions.iter().map(of_action).collect()
            }
        })
        .collect()
}

fn right_items(rights: &[Right]) -> Vec<RightItem> {
    rights
        .iter()
        .filter_map(|right| {
            let actions = right.action.iter().cloned().collect();
            Some(RightItem { resource: right.resource_id()?.to_owned(), actions })
        })
        .collect()
}

/// Adds up what became of each item.
#[derive(Default)]
struct Tally(Counts);

impl Tally {
    fn add(&mut self, was_there: bool) {
        if was_there {
            self.0.unchanged += 1;
        } else {
            self.0.created += 1;
        }
    }
}

impl SystemUserPopulation {
    /// Reads the register and the catalogue, grants through access management.
    pub fn new(ctx: &Ctx, deps: &Deps) -> Self {
        Self { ctx: ctx.clone(), deps: deps.clone() }
    }

    async fn organisation(&self, tx: &mut Tx, index: usize, urn: &str) -> Result<(Party, String), LoadError> {
        let by = match PartyUrn::parse_digits(urn) {
            Ok(PartyUrn::Organization(org_no)) => PartyRef::OrgNo(org_no.to_string()),
            Ok(PartyUrn::Party(uuid)) => PartyRef::Uuid(uuid),
            _ => return Err(wrong(index, "party", "a system user's party is an organisation's URN")),
        };
        let party = self.deps.register.party_in(tx, &by).await?;
        let party = party.ok_or_else(|| wrong(index, "party", "no such party is registered"))?;
        let org_no =
            party.org_no.clone().ok_or_else(|| wrong(index, "party", "the party is no organisation"))?;
        Ok((party, org_no))
    }

    async fn system(&self, tx: &mut Tx, index: usize, id: &str) -> Result<System, LoadError> {
        let system = systems::get_in(tx, id).await?;
        system.ok_or_else(|| wrong(index, "system", "no such system is registered"))
    }

    async fn load_system(&self, tx: &mut Tx, index: usize, value: &Value) -> Result<Loaded, LoadError> {
        let deleted = value.get("deleted").and_then(Value::as_bool).unwrap_or(false);
        let read: RegisterSystemRequest =
            body::read_trimmed(value).map_err(|(field, reason)| wrong(index, &field, reason))?;
        let vendor_org_no = rules::org_no_of_reference(&read.vendor.id)
            .ok_or_else(|| wrong(index, "vendor/ID", "the vendor is 0192: and an organisation number"))?;
        let mut system = System {
            internal_id: self.ctx.ids.uuid(),
            vendor_org_no: vendor_org_no.to_owned(),
            id: read.id,
            name: read.name,
            description: read.description,
            rights: read.rights,
            packages: read.packages,
            client_ids: if deleted { Vec::new() } else { read.client_ids },
            redirect_urls: read.redirect_urls,
            visible: read.visible,
            deleted,
        };
        let at = self.ctx.clock.now();
        let Some(stored) = systems::get_in(tx, &system.id).await? else {
            systems::insert(tx, &system, at).await.map_err(|error| taken(index, error))?;
            return Ok(Loaded::Created);
        };
        system.internal_id = stored.internal_id;
        if stored == system {
            return Ok(Loaded::Unchanged);
        }
        if stored.vendor_org_no != system.vendor_org_no {
            return Err(wrong(index, "vendor/ID", "the system belongs to another vendor"));
        }
        systems::update(tx, &system, at).await.map_err(|error| taken(index, error))?;
        Ok(Loaded::Updated)
    }

    async fn load_user(&self, tx: &mut Tx, index: usize, value: &Value) -> Result<bool, LoadError> {
        let item: UserItem = item(index, value)?;
        if users::exists(tx, item.id).await? {
            return Ok(true);
        }
        let kind = kind_of(index, &item.kind)?;
        let system = self.system(tx, index, &item.system).await?;
        let (party, org_no) = self.organisation(tx, index, &item.party).await?;
        let created = item.created.unwrap_or_else(|| self.ctx.clock.now());
        let user = User {
            id: item.id,
            kind,
            vendor_org_no: system.vendor_org_no.clone(),
            owner: party.uuid,
            owner_party_id: party.id,
            external_ref: item.external_ref.unwrap_or_else(|| org_no.clone()),
            owner_org_no: org_no,
            title: item.title.unwrap_or_else(|| system.norwegian_name().unwrap_or_default().to_owned()),
            system_id: system.id,
            packages: item.packages.iter().map(|text| package_of(text)).collect(),
            created,
            changed: created,
            deleted: item.deleted,
            sequence: 0,
        };
        users::insert(tx, &user).await.map_err(|error| taken(index, error))?;
        if kind == Kind::Standard && !user.deleted {
            let mut grants: Vec<Grant> = right::right_grants(&rights_of(&item.rights));
            grants.extend(right::package_grants(&user.packages));
            self.deps.access.grant(tx, user.owner, user.id, user.owner, &grants).await?;
        }
        Ok(false)
    }

    async fn load_request(&self, tx: &mut Tx, index: usize, value: &Value) -> Result<bool, LoadError> {
        let item: RequestItem = item(index, value)?;
        if requests::exists(tx, item.id).await? {
            return Ok(true);
        }
        let kind = kind_of(index, &item.kind)?;
        let system = self.system(tx, index, &item.system).await?;
        let (_, org_no) = self.organisation(tx, index, &item.party).await?;
        let status = request::status_from_word(&item.status)
            .ok_or_else(|| wrong(index, "status", "status is New, Accepted, Rejected, Denied or Timedout"))?;
        let request = Request {
            id: item.id,
            kind,
            vendor_org_no: system.vendor_org_no.clone(),
            external_ref: item.external_ref.unwrap_or_else(|| org_no.clone()),
            party_org_no: org_no,
            title: system.norwegian_name().unwrap_or_default().to_owned(),
            rights: rights_of(&item.rights),
            packages: item.packages.iter().map(|text| package_of(text)).collect(),
            redirect_url: item.redirect_url,
            status,
            escalated: false,
            created: item.created.unwrap_or_else(|| self.ctx.clock.now()),
            system_id: system.id,
        };
        requests::insert(tx, &request).await.map_err(|error| taken(index, error))?;
        Ok(false)
    }

    async fn dump_users(&self) -> Result<Vec<Value>, db::Error> {
        let mut items = Vec::new();
        for user in users::all(&self.ctx.db).await? {
            let granted = self.deps.access.granted(user.owner, user.id).await?;
            let rights = granted.into_iter().filter_map(|granted| match granted.grant {
                Grant::Right(right) => {
                    Some(RightItem { resource: right.resource, actions: right.action.into_iter().collect() })
                }
                Grant::Package(_) => None,
            });
            items.push(json!(UserItem {
                id: user.id,
                system: user.system_id,
                party: organisation_urn(&user.owner_org_no),
                kind: user.kind.word().to_owned(),
                external_ref: Some(user.external_ref),
                title: Some(user.title),
                rights: rights.collect(),
                packages: user.packages.into_iter().map(|package| package.urn).collect(),
                created: Some(user.created),
                deleted: user.deleted,
            }));
        }
        Ok(items)
    }

    async fn dump_requests(&self) -> Result<Vec<Value>, db::Error> {
        let item = |request: Request| {
            json!(RequestItem {
                id: request.id,
                system: request.system_id,
                party: organisation_urn(&request.party_org_no),
                kind: request.kind.word().to_owned(),
                external_ref: Some(request.external_ref),
                rights: right_items(&request.rights),
                packages: request.packages.into_iter().map(|package| package.urn).collect(),
                status: request::word(request.status).to_owned(),
                redirect_url: request.redirect_url,
                created: Some(request.created),
            })
        };
        Ok(requests::all(&self.ctx.db).await?.into_iter().map(item).collect())
    }

    async fn dump_systems(&self) -> Result<Vec<Value>, db::Error> {
        let item = |system: System| {
            let deleted = system.deleted;
            let mut item = json!(RegisteredSystemResponse::from(system));
            if let Some(members) = item.as_object_mut() {
                members.remove("isDeleted");
                if deleted {
                    members.insert("deleted".to_owned(), true.into());
                }
            }
            item
        };
        Ok(systems::all(&self.ctx.db).await?.into_iter().map(item).collect())
    }
}

/// What became of a system.
enum Loaded {
    Created,
    Updated,
    Unchanged,
}

fn organisation_urn(org_no: &str) -> String {
    format!("urn:altinn:organization:identifier-no:{org_no}")
}

/// A key that another item holds is the file's fault.
fn taken(index: usize, error: db::Error) -> LoadError {
    match error {
        db::Error::Unique(columns) => wrong(index, "", format!("already taken: {columns}")),
        error => LoadError::Db(error),
    }
}

#[async_trait]
impl PopulationSink for SystemUserPopulation {
    fn members(&self) -> &'static [&'static str] {
        &[SYSTEMS, USERS, REQUESTS]
    }

    async fn load(&self, tx: &mut Tx, member: &str, items: &[Value]) -> Result<Counts, LoadError> {
        let mut tally = Tally::default();
        for (index, value) in items.iter().enumerate() {
            match member {
                SYSTEMS => match self.load_system(tx, index, value).await? {
                    Loaded::Updated => tally.0.updated += 1,
                    loaded => tally.add(matches!(loaded, Loaded::Unchanged)),
                },
                USERS => tally.add(self.load_user(tx, index, value).await?),
                REQUESTS => tally.add(self.load_request(tx, index, value).await?),
                _ => return Err(LoadError::Input(ImportError::new("", "not a member of this block"))),
            }
        }
        Ok(tally.0)
    }

    async fn dump(&self, member: &str) -> Result<Vec<Value>, db::Error> {
        match member {
            SYSTEMS => self.dump_systems().await,
            USERS => self.dump_users().await,
            REQUESTS => self.dump_requests().await,
            _ => Ok(Vec::new()),
        }
    }
}
