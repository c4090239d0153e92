//! Who asks, and whether that person may act for a party.

use super::{Error, Service};
use crate::systemuser::domain::Problem;
use httpkit::Caller;
use ports::authorization::{Decision, Question, Subject};
use ports::register::{Party, PartyRef};
use uuid::Uuid;

/// Resource that stands for managing who has access.
pub(crate) const ACCESS_MANAGEMENT: &str = "altinn_access_management";
/// Resource that stands for seeing the system users.
pub(crate) const OVERVIEW: &str = "altinn_system_user_overview";

impl Service {
    /// The person who is logged in, as party.
    pub(crate) async fn person(&self, caller: &Caller) -> Result<Uuid, Error> {
        let party = self.deps.register.party(&caller.person().ok_or(Error::FORBIDDEN)?).await?;
        let person = party.map(|party| party.uuid).ok_or(Error::FORBIDDEN)?;
        audit::acting(audit::Actor::person(person));
        Ok(person)
    }

    /// The party of a path.
    pub(crate) async fn party(&self, party_id: i64) -> Result<Party, Error> {
        let party = self.deps.register.party(&PartyRef::Id(party_id)).await?;
        party.ok_or(Error::Problem(Problem::PARTY_NOT_FOUND))
    }

    /// The organisation with this number.
    pub(crate) async fn organisation(&self, org_no: &str) -> Result<Party, Error> {
        let party = self.deps.register.party(&PartyRef::OrgNo(org_no.to_owned())).await?;
        party.ok_or(Error::Problem(Problem::PARTY_NOT_FOUND))
    }

    /// May this person do this for the party, however it is logged in.
    pub(crate) async fn may(
        &self,
        person: Uuid,
        party: Uuid,
        resource: &str,
        action: &str,
    ) -> Result<bool, Error> {
        Ok(self.decision(person, party, resource, action).await?.permits())
    }

    async fn decision(
        &self,
        person: Uuid,
        party: Uuid,
        resource: &str,
        action: &str,
    ) -> Result<Decision, Error> {
        let question = Question {
            subject: Subject::Party(person),
            resource: resource.to_owned(),
            party,
            action: action.to_owned(),
            instance: None,
            attribute: None,
        };
        Ok(self.deps.pdp.decide(&question).await?)
    }

    /// The party of a path and the person who asks, if that person may do this for the party and is logged in at the level
    /// that the policy wants.
    pub(crate) async fn admitted(
        &self,
        caller: &Caller,
        party_id: i64,
        resource: &str,
        action: &str,
    ) -> Result<(Uuid, Party), Error> {
        let party = self.party(party_id).await?;
        let user = self.person(caller).await?;
        self.admit(caller.auth_level(), user, party.uuid, resource, action).await?;
        Ok((user, party))
    }

    /// May this person, logged in at this level, do this for the party.
    pub(crate) async fn admit(
        &self,
        level: u8,
        user: Uuid,
        party: Uuid,
        resource: &str,
        action: &str,
    ) -> Result<(), Error> {
        let decision = self.decision(user, party, resource, action).await?;
        if decision.permits_at(level) { Ok(()) } else { Err(Error::FORBIDDEN) }
    }

    /// Has the user anything to do with the party.
    pub(crate) async fn is_related(&self, user: Uuid, party: Uuid) -> Result<bool, Error> {
        Ok(user == party || self.deps.access.parties_of(user).await?.contains(&party))
    }
}
