//! `GET enduser/connections/resources`: single rights between parties by resource, and why.

use super::App;
use super::connections::records;
use super::guard::{Action, connection};
use crate::wire::connection::{PermissionDto, Writer};
use crate::wire::meta::resource_dto;
use crate::wire::problem::{Answer, am_with};
use crate::wire::query::Params;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// WIRE: the answer is a bare array (access-management §4).
pub async fn handle(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let asked = connection(&app, &caller, &params, Action::Read).await?;
    let only = params.get("resource").map(str::to_lowercase);
    if let Some(id) = &only
        && app.access.resources.resource(id).await?.is_none()
    {
        return Err(am_with("AM-00027", "resource", id));
    }
    let (facts, records, _) = records(&app, &asked).await?;
    let writer = Writer { catalogue: app.access.catalogue, facts: &facts };
    let mut permissions: BTreeMap<String, Vec<PermissionDto>> = BTreeMap::new();
    for record in &records {
        let mut held: Vec<&String> = facts.rights_of(record).iter().map(|right| &right.resource).collect();
        held.dedup();
        for id in held.into_iter().filter(|id| only.as_ref().is_none_or(|only| only == *id)) {
            permissions.entry(id.clone()).or_default().push(writer.permission(record));
        }
    }
    let named = app.access.resources_named(permissions.keys().cloned().collect()).await?;
    let list: Vec<Value> = permissions
        .into_iter()
        .filter_map(|(id, permissions)| {
            Some(json!({ "resource": resource_dto(named.get(&id)?, "nb"), "permissions": permissions }))
        })
        .collect();
    Ok(Json(list).into_response())
}
