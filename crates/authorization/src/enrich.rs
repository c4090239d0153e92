//! Look-ups that complete a request: party of the resource, party of the subject, what the one has for the other.

use crate::domain::attributes::{ORG_NO, ORG_NO_LEGACY, PACKAGE, PARTY_ID, PARTY_UUID, ROLES, USER_ID};
use crate::domain::facts::{self, Api, Fault, ResourceFacts, Subject};
use crate::service::Pdp;
use ports::accessmanagement::Connection;
use ports::register::{Party, PartyKind, PartyRef};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;
use xacml::{Attribute, CompiledPolicy, DataType, Request, SUBJECT};

/// What a subject may draw on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Roles, packages and delegated rights.
    User,
    /// Packages alone.
    Party,
    /// Packages and delegated rights.
    SystemUser,
    /// Delegated rights alone.
    Organisation,
}

/// A request with everything known of it.
#[derive(Debug)]
pub struct Case {
    /// The request, enriched.
    pub request: Request,
    /// Id under which the policy is kept.
    pub policy: String,
    /// It is an app.
    pub app: bool,
    /// The party that owns the matter.
    pub party: Option<Party>,
    /// The subject's party and what it may draw on.
    pub subject: Option<(Uuid, Reach)>,
    /// Facts about the subject that explain a refusal.
    pub notes: Vec<String>,
}

/// Connections read for one call, so that a list of questions about one party reads them once.
#[derive(Default)]
pub struct Connections(HashMap<(Uuid, Uuid), Arc<Connection>>);

impl Pdp {
    /// Looks up who and what a request speaks of.
    pub(crate) async fn enrich(&self, mut request: Request, api: Api) -> Result<Case, Fault> {
        let resource = facts::resource(&mut request, api)?;
        let named = facts::subject(&request, api)?;
        let policy = resource
            .policy
            .clone()
            .ok_or_else(|| Fault::Argument("neither a resource nor an app was given".to_owned()))?;
        let party = self.resource_party(&mut request, &resource).await?;
        let mut notes = Vec::new();
        let subject = self.subject(&mut request, named, api, &mut notes).await?;
        Ok(Case { request, policy, app: resource.app, party, subject, notes })
    }

    async fn resource_party(
        &self,
        request: &mut Request,
        facts: &ResourceFacts,
    ) -> Result<Option<Party>, Fault> {
        let Some(by) = &facts.party else { return Ok(None) };
        let Some(party) = self.register.party(by).await? else { return Ok(None) };
        if !facts.has_party_id {
            facts::add(request, PARTY_ID, &party.id.to_string());
        }
        if request.first(xacml::RESOURCE, PARTY_UUID).is_none() {
            facts::add(request, PARTY_UUID, &party.uuid.to_string());
        }
        Ok(Some(party))
    }

    async fn subject(
        &self,
        request: &mut Request,
        named: Subject,
        api: Api,
        notes: &mut Vec<String>,
    ) -> Result<Option<(Uuid, Reach)>, Fault> {
        copy_organisation_number(request);
        match named {
            Subject::User(by) => self.user(request, by, notes).await,
            Subject::Party(uuid) => Ok(Some((uuid, Reach::Party))),
            Subject::PartyId(by) => {
                Ok(self.register.party(&by).await?.map(|party| (party.uuid, Reach::Organisation)))
            }
            Subject::SystemUser(id) => match self.system_users.system_user(id).await? {
                Some(user) if !user.deleted => Ok(Some((id, Reach::SystemUser))),
                Some(_) => {
                    notes.push(format!("system user {id} is deleted and has no rights"));
                    Ok(None)
                }
                None => {
                    notes.push(format!("there is no system user {id}"));
                    Ok(None)
                }
            },
            Subject::Organisation(number) => {
                if api == Api::Internal {
                    return Ok(None);
                }
                let party = self.register.party(&PartyRef::OrgNo(number)).await?;
                if let Some(party) = &party {
                    request.add(SUBJECT, Attribute::string(PARTY_ID, party.id.to_string()));
                }
                Ok(party.map(|party| (party.uuid, Reach::Organisation)))
            }
            Subject::Other => Ok(None),
        }
    }

    async fn user(
        &self,
        request: &mut Request,
        by: PartyRef,
        notes: &mut Vec<String>,
    ) -> Result<Option<(Uuid, Reach)>, Fault> {
        let by_person = matches!(by, PartyRef::Pid(_));
        let Some(party) = self.register.party(&by).await? else {
            if by_person {
                return Err(Fault::Argument("nobody has this national identity number".to_owned()));
            }
            notes.push("there is no user with this id".to_owned());
            return Ok(None);
        };
        if let (true, Some(user)) = (by_person, party.user_id) {
            request.add(SUBJECT, Attribute::string(USER_ID, user.to_string()));
        }
        Ok(Some((party.uuid, Reach::User)))
    }

    /// Who asks, in process, as attributes and reach; no look-up by a number that the caller has not got.
    pub(crate) async fn known_subject(
        &self,
        subject: &ports::authorization::Subject,
        notes: &mut Vec<String>,
    ) -> Result<(Vec<Attribute>, Option<(Uuid, Reach)>), db::Error> {
        use ports::authorization::Subject as Known;
        Ok(match subject {
            Known::Party(uuid) => {
                let Some(party) = self.register.party(&PartyRef::Uuid(*uuid)).await? else {
                    notes.push("the subject is not in the registers".to_owned());
                    return Ok((vec![Attribute::string(PARTY_UUID, uuid.to_string())], None));
                };
                let mut attributes = vec![Attribute::string(PARTY_UUID, uuid.to_string())];
                if let Some(user) = party.user_id {
                    attributes.push(Attribute::string(USER_ID, user.to_string()));
                }
                let person = matches!(party.kind, PartyKind::Person | PartyKind::SelfIdentified);
                (attributes, Some((*uuid, if person { Reach::User } else { Reach::Organisation })))
            }
            Known::SystemUser(id) => {
                let live = self.system_users.system_user(*id).await?.filter(|user| !user.deleted);
                if live.is_none() {
                    notes.push(format!("system user {id} does not exist or is deleted"));
                }
                let attribute = Attribute::string(crate::domain::attributes::SYSTEM_USER, id.to_string());
                (vec![attribute], live.map(|_| (*id, Reach::SystemUser)))
            }
            Known::ServiceOwner(code) => {
                (vec![Attribute::string(crate::domain::attributes::ORG, code.to_lowercase())], None)
            }
            Known::Organisation(number) => {
                let party = self.register.party(&PartyRef::OrgNo(number.clone())).await?;
                let attributes = vec![
                    Attribute::string(ORG_NO, number.clone()),
                    Attribute::string(ORG_NO_LEGACY, number.clone()),
                ];
                (attributes, party.map(|party| (party.uuid, Reach::Organisation)))
            }
        })
    }

    /// What the subject has for the party, read now.
    pub(crate) async fn connection(
        &self,
        case: &Case,
        read: &mut Connections,
    ) -> Result<Option<Arc<Connection>>, db::Error> {
        let (Some(party), Some((subject, _))) = (&case.party, case.subject) else { return Ok(None) };
        if let Some(known) = read.0.get(&(party.uuid, subject)) {
            return Ok(Some(known.clone()));
        }
        let connection = Arc::new(self.access.connection(party.uuid, subject).await?);
        read.0.insert((party.uuid, subject), connection.clone());
        Ok(Some(connection))
    }
}

/// The legacy attribute counts as the new one.
fn copy_organisation_number(request: &mut Request) {
    if request.first(SUBJECT, ORG_NO).is_some() {
        return;
    }
    if let Some(number) = request.first(SUBJECT, ORG_NO_LEGACY).map(str::to_owned) {
        request.add(SUBJECT, Attribute::string(ORG_NO, number));
    }
}

/// Does the policy look at roles or packages at all.
pub fn wants_connection(policy: &CompiledPolicy) -> bool {
    ROLES.iter().chain([&PACKAGE]).any(|id| policy.mentions_subject(id))
}

/// Adds the roles and packages that the policy looks at.
pub fn add_connection(request: &mut Request, policy: &CompiledPolicy, reach: Reach, connection: &Connection) {
    let roles = connection.roles.iter().filter(|_| reach == Reach::User);
    let packages = connection.packages.iter().filter(|_| reach != Reach::Organisation);
    // A managing director holds over a hundred packages: one attribute for each id, not for each value.
    let mut held: Vec<Attribute> = Vec::new();
    for urn in roles.chain(packages) {
        let Some((attribute, value)) = urn.rsplit_once(':') else { continue };
        if let Some(known) = held.iter_mut().find(|known| known.id == attribute) {
            known.values.push((DataType::String, value.to_owned()));
        } else if let Some(id) = ROLES.iter().chain([&PACKAGE]).find(|id| **id == attribute)
            && policy.mentions_subject(attribute)
        {
            held.push(Attribute::string(*id, value));
        }
    }
    for attribute in held {
        request.add(SUBJECT, attribute);
    }
}
