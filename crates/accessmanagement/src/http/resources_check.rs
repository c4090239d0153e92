//! `GET enduser/connections/resources/delegationcheck`: which rights to a resource the user may give for the party.

use super::App;
use super::guard::giver;
use crate::domain::delegation::{Means, RightCheck};
use crate::wire::meta::resource_dto;
use crate::wire::problem::{Answer, am};
use crate::wire::query::Params;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;
use serde_json::{Value, json};

pub async fn handle(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let asked = giver(&app, &caller, &params).await?;
    let id = params.get("resource").ok_or_else(|| am("AM-00027"))?;
    let resource = app.access.resources.resource(id).await?.ok_or_else(|| am("AM-00027"))?;
    let facts = app.access.sources().between(asked.party.uuid, asked.user).await?;
    let means = Means::new(app.access.catalogue, &facts, asked.user, asked.party.uuid);
    let checks = app.access.check_resource(&means, &resource).await?;
    let rights: Vec<Value> = checks.iter().map(right).collect();
    Ok(Json(json!({ "resource": resource_dto(&resource, "nb"), "rights": rights })).into_response())
}

fn right(check: &RightCheck) -> Value {
    let attributes: Vec<Value> =
        check.right.resource.iter().map(|(id, value)| json!({ "type": id, "value": value })).collect();
    json!({
        "right": {
            "key": check.right.key,
            "name": check.right.action,
            "resource": attributes,
            "action": {
                "type": "urn:oasis:names:tc:xacml:1.0:action:action-id",
                "value": check.right.action,
            },
        },
        "result": check.result,
        "reasonCodes": check.reason_codes,
    })
}
