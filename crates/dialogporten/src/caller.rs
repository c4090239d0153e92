//! Who calls: an end user or a service owner.

use crate::Dialogporten;
use crate::domain::model::Actor;
use crate::domain::names::ActorType;
use crate::domain::party;
use crate::error::Error;
use crate::request::Req;
use crate::wire::input_parts::Privileges;
use kernel::urn::PartyUrn;
use ports::authorization::Subject;
use ports::register::{Party, PartyKind, PartyRef};
use uuid::Uuid;

/// Scopes of end users. The portal's own login counts as one.
pub const END_USER: &[&str] =
    &["digdir:dialogporten", "digdir:dialogporten.noconsent", "altinn:portal/enduser"];
/// Scope of service owners.
pub const OWNER: &[&str] = &["digdir:dialogporten.serviceprovider"];
/// Scope of service owners that search.
pub const OWNER_SEARCH: &[&str] = &["digdir:dialogporten.serviceprovider.search"];

/// A person or a system user.
#[derive(Debug, Clone)]
pub struct EndUser {
    /// As the decision point knows it.
    pub subject: Subject,
    /// Its own party, or its own id for a system user.
    pub party: Uuid,
    /// Its URN.
    pub urn: String,
    /// Its name as dialogs show it.
    pub name: Option<String>,
    /// Level of authentication.
    pub level: u8,
    /// For a system user: organisation that holds the token, and the system user's owner.
    pub system: Option<(String, String)>,
    /// A service owner acts for the person.
    pub via_owner: bool,
}

impl EndUser {
    /// As an actor.
    pub fn actor(&self) -> Actor {
        Actor { kind: ActorType::PartyRepresentative, id: Some(self.urn.clone()), name: self.name.clone() }
    }

    fn of(party: &Party, level: u8) -> Self {
        Self {
            subject: Subject::Party(party.uuid),
            party: party.uuid,
            urn: party::urn_of(party),
            name: Some(party::actor_name(party)),
            level,
            system: None,
            via_owner: false,
        }
    }
}

/// A service owner.
#[derive(Debug, Clone)]
pub struct Owner {
    /// Code; empty when the organisation owns no service.
    pub org: String,
    /// Organisation number.
    pub org_no: String,
    /// What it may do beyond the ordinary.
    pub privileges: Privileges,
    /// Person for whom it reads.
    pub person: Option<EndUser>,
}

impl Dialogporten {
    /// The end user behind a request.
    pub async fn end_user(&self, req: &Req) -> Result<EndUser, Error> {
        const ALLOWED: &str = "Person, SystemUser, IdportenEmailIdentifiedUser";
        let caller = req.caller()?;
        let level = caller.auth_level();
        if caller.pid().is_some() && caller.has_scope(OWNER[0]) {
            return Err(Error::UserType(ALLOWED));
        }
        let by = [
            caller.party_uuid().filter(|_| caller.user_id().is_some()).map(PartyRef::Uuid),
            caller.user_id().map(PartyRef::UserId),
            caller.pid().map(|p| PartyRef::Pid(p.to_owned())),
        ];
        if let Some(by) = by.into_iter().flatten().next() {
            let Some(party) = self.register.party(&by).await? else {
                let urn = caller.pid().map(|pid| format!("urn:altinn:person:identifier-no:{pid}"));
                return urn.map(|urn| unknown_person(urn, level)).ok_or(Error::UserType(ALLOWED));
            };
            if matches!(party.kind, PartyKind::Person | PartyKind::SelfIdentified) {
                audit::acting(audit::Actor::person(party.uuid));
                return Ok(EndUser::of(&party, level));
            }
        }
        let Some(system) = caller.system_user() else { return Err(Error::UserType(ALLOWED)) };
        let name = match self.register.party(&PartyRef::Uuid(system.id)).await? {
            Some(party) => party::actor_name(&party),
            None => "Systembruker".to_owned(),
        };
        let org = |no: &str| format!("urn:altinn:organization:identifier-no:{no}");
        Ok(EndUser {
            subject: Subject::SystemUser(system.id),
            party: system.id,
            urn: format!("urn:altinn:systemuser:uuid:{}", system.id),
            name: Some(name),
            level: if caller.text("urn:altinn:authlevel").is_some() { level } else { 3 },
            system: Some((org(caller.consumer().unwrap_or_default()), org(&system.org_no))),
            via_owner: false,
        })
    }

    /// The service owner behind a request, with the person for whom it reads.
    pub async fn owner(&self, req: &Req) -> Result<Owner, Error> {
        let caller = req.caller()?;
        let org_no = caller.consumer().ok_or(Error::ForbiddenEmpty)?.to_owned();
        let has = |suffix: &str| caller.has_scope(&format!("{}.{suffix}", OWNER[0]));
        let privileges = Privileges {
            correspondence: caller.has_scope("digdir:dialogporten.correspondence"),
            legacy_html: has("legacyhtml"),
            admin: has("admin"),
        };
        let person = match req.first("enduserid") {
            None => None,
            Some(urn) => Some(self.person_of(urn, caller.auth_level()).await?),
        };
        if person.is_none() && caller.pid().is_none() && caller.system_user().is_some() {
            return Err(Error::UserType("ServiceOwner, ServiceOwnerOnBehalfOfPerson"));
        }
        let org = match caller.org_code() {
            Some(code) => code.to_lowercase(),
            None => self.resources.service_owner(&org_no).await?.map(|o| o.code).unwrap_or_default(),
        };
        Ok(Owner { org, org_no, privileges, person })
    }

    async fn person_of(&self, urn: &str, level: u8) -> Result<EndUser, Error> {
        let Ok(PartyUrn::Person(pid)) = PartyUrn::parse(urn) else { return Err(Error::EndUserId) };
        let found = self.register.party(&PartyRef::Pid(pid.as_str().to_owned())).await?;
        let person =
            found.map_or_else(|| unknown_person(urn.to_lowercase(), level), |p| EndUser::of(&p, level));
        Ok(EndUser { via_owner: true, ..person })
    }

    /// A person of the portal.
    pub(crate) async fn viewer(&self, user: Uuid, level: u8) -> db::Result<Option<EndUser>> {
        Ok(self.register.party(&PartyRef::Uuid(user)).await?.map(|party| EndUser::of(&party, level)))
    }
}

/// Somebody whom the register does not know has no rights at all.
fn unknown_person(urn: String, level: u8) -> EndUser {
    EndUser {
        subject: Subject::Party(Uuid::nil()),
        party: Uuid::nil(),
        urn,
        name: None,
        level,
        system: None,
        via_owner: false,
    }
}
