//! `POST resourceowner|serviceowner/authorizedparties`: parties that somebody may act for, as a service owner asks.

use super::authorized::{Defaults, asked, list};
use super::{App, OWNER_ADMIN};
use crate::store::lookups;
use crate::wire::problem::{Answer, unbound};
use crate::wire::query::{Params, Tri};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;
use kernel::PartyUrn;
use ports::register::PartyRef;
use serde_json::Value;
use uuid::Uuid;

/// Key of errors about the subject (authorization §11).
const ARGUMENT: &str = "Argument exception";

pub async fn handle(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
    httpkit::Json(body): httpkit::Json<Value>,
) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let mut asked = asked(&params, Defaults { lists: true, filters: Tri::True })?;
    if let Some(code) = params.get("orgCode") {
        own(&app, &caller, &code.to_lowercase()).await?;
    }
    let named = attribute(&body)?;
    let subject = party_of(&app, &named).await?;
    if matches!(named, PartyUrn::Person(_)) {
        let (db, now) = (&app.access.db, app.access.now());
        lookups::looked_up(db, "accessmanagement.authorizedparties", subject, now).await?;
    }
    let Some(subject) = subject else {
        return Ok(axum::Json(Vec::<Value>::new()).into_response());
    };
    let wanted =
        member(&body, "partyFilter").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let wanted: Vec<PartyUrn> = wanted.iter().map(attribute).collect::<Answer<_>>()?;
    for urn in &wanted {
        // A party that does not exist leaves nothing, rather than everything.
        asked.parties.insert(party_of(&app, urn).await?.unwrap_or_else(Uuid::nil));
    }
    Ok(axum::Json(list(&app, subject, asked, &params).await?).into_response())
}

/// The caller must be the service owner it filters by.
async fn own(app: &App, caller: &Caller, code: &str) -> Answer<()> {
    if caller.has_scope(OWNER_ADMIN) || caller.org_code().is_some_and(|own| own.eq_ignore_ascii_case(code)) {
        return Ok(());
    }
    let owner = app.access.resources.service_owner(code).await?;
    if owner.is_some_and(|owner| caller.consumer() == Some(owner.org_no.as_str())) {
        return Ok(());
    }
    Err(unbound(code, "The caller is not this service owner."))
}

async fn party_of(app: &App, urn: &PartyUrn) -> Answer<Option<Uuid>> {
    let by = match urn {
        PartyUrn::SystemUser(id) | PartyUrn::EnterpriseUser(id) => return Ok(Some(*id)),
        PartyUrn::Person(pid) => PartyRef::Pid(pid.as_str().to_owned()),
        PartyUrn::Organization(org_no) => PartyRef::OrgNo(org_no.as_str().to_owned()),
        PartyUrn::Party(id) => PartyRef::Uuid(*id),
        PartyUrn::PartyId(id) => PartyRef::Id(*id),
        PartyUrn::UserId(id) => PartyRef::UserId(*id),
        PartyUrn::EnterpriseUserName(name)
        | PartyUrn::IdportenEmail(name)
        | PartyUrn::SelfIdentified(name) => PartyRef::UserName(name.clone()),
    };
    Ok(app.access.register.party(&by).await?.map(|party| party.uuid))
}

fn attribute(value: &Value) -> Answer<PartyUrn> {
    let text = |name| member(value, name).and_then(Value::as_str).unwrap_or_default();
    PartyUrn::from_attribute(text("type"), text("value")).map_err(|e| unbound(ARGUMENT, &e.to_string()))
}

/// A member whatever its case (authorization §1).
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
