//! `GET /allting/api/v1/explain/access`

use crate::enrich::Connections;
use crate::service::Pdp;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::problem::Problem;
use ports::authorization::{Effect, Question, Subject};
use ports::register::{Party, PartyRef};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    subject: String,
    resource: String,
    party: String,
    action: String,
}

pub async fn handle(
    State(pdp): State<Arc<Pdp>>,
    parameters: Result<Query<Parameters>, axum_extra::extract::QueryRejection>,
) -> Response {
    let parameters = match parameters {
        Ok(Query(parameters)) => parameters,
        Err(error) => return refused(StatusCode::BAD_REQUEST, "invalid-query", &error.to_string()),
    };
    match explain(&pdp, &parameters).await {
        Ok(answer) => answer,
        Err(error) => httpkit::internal(&error),
    }
}

fn refused(status: StatusCode, kind: &str, title: &str) -> Response {
    Problem::allting(status, kind, title).into_response()
}

async fn explain(pdp: &Pdp, parameters: &Parameters) -> Result<Response, db::Error> {
    let Some(party) = party(pdp, &parameters.party).await? else {
        return Ok(refused(
            StatusCode::NOT_FOUND,
            "party-not-found",
            "Nobody has the identifier given as party.",
        ));
    };
    let Some(subject) = subject(pdp, &parameters.subject).await? else {
        return Ok(refused(
            StatusCode::NOT_FOUND,
            "subject-not-found",
            "Nobody has the identifier given as subject.",
        ));
    };
    if pdp.resources.policy_standing(&parameters.resource.to_lowercase()).await?.is_none() {
        return Ok(refused(
            StatusCode::NOT_FOUND,
            "policy-not-found",
            "There is no policy for the resource.",
        ));
    }
    let question = Question {
        subject,
        resource: parameters.resource.clone(),
        party: party.uuid,
        action: parameters.action.clone(),
        instance: None,
        attribute: None,
    };
    let (decision, case) = pdp.ask(&question, &mut Connections::default(), false).await?;
    let has: Vec<String> = case
        .iter()
        .flat_map(|case| &case.request.categories)
        .filter(|category| category.category == xacml::SUBJECT)
        .flat_map(|category| &category.attributes)
        .filter(|attribute| !names_a_person(&attribute.id))
        .flat_map(|attribute| attribute.values.iter().map(|(_, value)| format!("{}:{value}", attribute.id)))
        .collect();
    Ok(Json(json!({
        "decision": word(decision.effect),
        "minimumAuthenticationLevel": decision.minimum_level,
        "why": decision.why,
        "subjectHas": has,
        "party": { "partyUuid": party.uuid, "partyId": party.id, "name": party.org_no.as_ref().map(|_| &party.name) },
        "resource": question.resource,
        "action": question.action,
    }))
    .into_response())
}

/// What a person is known by is no reason for a decision, and whoever asks has not shown a need for it.
fn names_a_person(attribute: &str) -> bool {
    attribute.starts_with("urn:altinn:person:")
        || attribute == "urn:altinn:ssn"
        || attribute == "urn:altinn:username"
}

fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::Permit => "Permit",
        Effect::Deny => "Deny",
        Effect::Indeterminate => "Indeterminate",
        Effect::NotApplicable => "NotApplicable",
    }
}

async fn party(pdp: &Pdp, urn: &str) -> Result<Option<Party>, db::Error> {
    let Some(by) = party_ref(urn) else { return Ok(None) };
    let found = pdp.register.party(&by).await?;
    if matches!(by, PartyRef::Pid(_)) {
        pdp.audit.looked_up("authorization.explain", found.as_ref().map(|party| party.uuid)).await?;
    }
    Ok(found)
}

async fn subject(pdp: &Pdp, urn: &str) -> Result<Option<Subject>, db::Error> {
    if let Some(id) = urn.strip_prefix("urn:altinn:systemuser:uuid:") {
        return Ok(id.parse().ok().map(Subject::SystemUser));
    }
    if let Some(code) = urn.strip_prefix("urn:altinn:org:") {
        return Ok(Some(Subject::ServiceOwner(code.to_owned())));
    }
    Ok(party(pdp, urn).await?.map(|party| match party.org_no {
        Some(number) => Subject::Organisation(number),
        None => Subject::Party(party.uuid),
    }))
}

/// Numbers are looked up as they stand; test data have some with wrong check digits.
fn party_ref(urn: &str) -> Option<PartyRef> {
    let (attribute, value) = urn.rsplit_once(':')?;
    match attribute {
        "urn:altinn:person:identifier-no" => Some(PartyRef::Pid(value.to_owned())),
        "urn:altinn:organization:identifier-no" => Some(PartyRef::OrgNo(value.to_owned())),
        "urn:altinn:party:uuid" => value.parse().ok().map(PartyRef::Uuid),
        "urn:altinn:partyid" => value.parse().ok().map(PartyRef::Id),
        "urn:altinn:userid" => value.parse().ok().map(PartyRef::UserId),
        _ => None,
    }
}
