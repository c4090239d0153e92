//! Who may look at or change connections (access-management §4): scope by direction, then the PDP, then the parameters.

use super::{App, FROM_READ, FROM_WRITE, PORTAL, TO_READ, TO_WRITE};
use crate::wire::problem::{Answer, bare, invalid};
use crate::wire::query::Params;
use http::StatusCode;
use httpkit::Caller;
use ports::authorization::{Question, Subject};
use ports::register::{Party, PartyKind};
use uuid::Uuid;

const RESOURCE: &str = "altinn_access_management";

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Looks.
    Read,
    /// Changes.
    Write,
}

/// A call that may go on.
#[derive(Debug)]
pub struct Asked {
    /// The user's party.
    pub user: Uuid,
    /// The party on whose behalf.
    pub party: Party,
    /// Giver.
    pub from: Option<Uuid>,
    /// Receiver.
    pub to: Option<Uuid>,
}

fn forbidden() -> crate::wire::problem::Failure {
    bare(StatusCode::FORBIDDEN)
}

/// Checks a call that names both ends, or one of them.
pub async fn connection(app: &App, caller: &Caller, params: &Params, action: Action) -> Answer<Asked> {
    // Authorisation comes before binding: without a party there is nothing to authorise for.
    let party = params.party("party")?.ok_or_else(forbidden)?;
    let (from, to) = (params.party("from")?, params.party("to")?);
    let portal = caller.has_scope(PORTAL);
    let (from_scope, to_scope) = match action {
        Action::Read => (FROM_READ, TO_READ),
        Action::Write => (FROM_WRITE, TO_WRITE),
    };
    let by_direction = (to == Some(party) && caller.has_scope(from_scope))
        || (from == Some(party) && caller.has_scope(to_scope));
    if !portal && !by_direction {
        return Err(forbidden());
    }
    let asked = authorize(app, caller, party, action, from, to).await?;
    let reason = if from.is_none() && to.is_none() {
        Some("at least one of from and to is required")
    } else if from == to {
        Some("from and to must differ")
    } else if from != Some(party) && to != Some(party) {
        Some("party must be from or to")
    } else {
        None
    };
    match reason {
        Some(reason) => {
            let paths = ["QUERY/from", "QUERY/to"];
            Err(invalid("AM.VLD-00009", &paths, &[("from", reason.into()), ("to", reason.into())]))
        }
        None => Ok(asked),
    }
}

/// Checks a call in which the party itself gives.
pub async fn giver(app: &App, caller: &Caller, params: &Params) -> Answer<Asked> {
    let party = params.party("party")?.ok_or_else(forbidden)?;
    if !caller.has_scope(PORTAL) && !caller.has_scope(TO_WRITE) {
        return Err(forbidden());
    }
    let to = params.party("to")?;
    authorize(app, caller, party, Action::Write, Some(party), to).await
}

async fn authorize(
    app: &App,
    caller: &Caller,
    party: Uuid,
    action: Action,
    from: Option<Uuid>,
    to: Option<Uuid>,
) -> Answer<Asked> {
    let user = user(app, caller).await?;
    let question = Question {
        subject: Subject::Party(user),
        resource: RESOURCE.to_owned(),
        party,
        action: if action == Action::Read { "read" } else { "write" }.to_owned(),
        instance: None,
        attribute: None,
    };
    if !app.pdp.decide(&question).await?.permits_at(caller.auth_level()) {
        return Err(forbidden());
    }
    let party = app.access.party(party).await?.ok_or_else(forbidden)?;
    // What a person has received is private, even to those who manage the person's access.
    if party.kind == PartyKind::Person && party.uuid != user && to == Some(party.uuid) {
        return Err(forbidden());
    }
    Ok(Asked { user, party, from, to })
}

async fn user(app: &App, caller: &Caller) -> Answer<Uuid> {
    let by = caller.person().ok_or_else(forbidden)?;
    let user = app.access.register.party(&by).await?.ok_or_else(forbidden)?.uuid;
    audit::acting(audit::Actor::person(user));
    Ok(user)
}

/// Givers are organisations and persons; receivers also system users.
pub fn check_types(giver: &Party, receiver: &Party) -> Answer<()> {
    let refused = |path: &str, party: &Party| {
        let kind = crate::wire::connection::type_name(party);
        Err(invalid("AM.VLD-00008", &[path], &[("type", kind.into())]))
    };
    match (giver.kind, receiver.kind) {
        (PartyKind::SelfIdentified | PartyKind::SystemUser, _) => refused("QUERY/party", giver),
        (_, PartyKind::SelfIdentified) => refused("QUERY/to", receiver),
        _ => Ok(()),
    }
}
