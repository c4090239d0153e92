//! `meta/info/roles/*` and `meta/types/*`: the catalogue of roles and organisation forms.

use super::App;
use super::meta_packages::{answer, writer};
use crate::domain::catalogue::RoleKey;
use crate::wire::problem::{Answer, not_found, unbound};
use crate::wire::query::Params;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::Value;
use std::collections::BTreeSet;

/// `GET info/roles`
pub async fn all(State(app): State<App>, headers: HeaderMap) -> Response {
    let writer = writer(&app, &headers);
    answer(&headers, app.access.catalogue.roles().map(|(key, _)| writer.role(key)).collect())
}

/// `GET info/roles/{id}`. WIRE: the answer is an array of one (access-management §2).
pub async fn one(State(app): State<App>, headers: HeaderMap, Path(id): Path<String>) -> Answer<Response> {
    let key = app.access.catalogue.find_role(&id).ok_or_else(not_found)?;
    Ok(answer(&headers, Value::Array(vec![writer(&app, &headers).role(key)])))
}

/// `GET info/roles/packages?role=&variant=`
pub async fn packages_by_code(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let role = params.get("role").ok_or_else(|| unbound("role", "The role field is required."))?;
    let key = app.access.catalogue.find_role(role).ok_or_else(not_found)?;
    brought(&app, &headers, Some(key), &params)
}

/// `GET info/roles/{id}/packages?variant=`
pub async fn packages(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    brought(&app, &headers, app.access.catalogue.find_role(&id), &params)
}

fn brought(app: &App, headers: &HeaderMap, role: Option<RoleKey>, params: &Params) -> Answer<Response> {
    let catalogue = app.access.catalogue;
    let variant =
        params.get("variant").ok_or_else(|| unbound("variant", "The variant field is required."))?;
    let variant =
        catalogue.variants.iter().find(|v| v.code.eq_ignore_ascii_case(variant)).ok_or_else(not_found)?;
    // WIRE: an unknown role id is an empty list, not 404 (access-management §2).
    let Some(role) = role else { return Ok(Json(Vec::<Value>::new()).into_response()) };
    let fitting = catalogue.role_packages(role).iter().filter(|p| p.may_use && p.fits(Some(&variant.code)));
    let keys: BTreeSet<_> = fitting.map(|p| p.package).collect();
    let writer = writer(app, headers);
    let list: Vec<Value> = keys.into_iter().map(|key| writer.package(key)).collect();
    Ok(Json(list).into_response())
}

/// `GET types/organization/subtypes`
pub async fn organisation_forms(State(app): State<App>, headers: HeaderMap) -> Response {
    answer(&headers, Value::Array(writer(&app, &headers).organisation_forms()))
}
