//! `GET enduser/connections/roles`: roles between parties, and why.

use super::App;
use super::connections::records;
use super::guard::{Action, connection};
use crate::domain::catalogue::RoleKey;
use crate::wire::connection::{PermissionDto, Writer, page};
use crate::wire::problem::Answer;
use crate::wire::query::Params;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub async fn handle(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let asked = connection(&app, &caller, &params, Action::Read).await?;
    let (facts, records, _) = records(&app, &asked).await?;
    let writer = Writer { catalogue: app.access.catalogue, facts: &facts };
    let mut permissions: BTreeMap<RoleKey, Vec<PermissionDto>> = BTreeMap::new();
    for record in &records {
        permissions.entry(record.role).or_default().push(writer.permission(record));
    }
    let list: Vec<Value> = permissions
        .into_iter()
        .map(|(key, permissions)| json!({ "role": writer.revocable_role(key), "permissions": permissions }))
        .collect();
    Ok(Json(page(list)).into_response())
}
