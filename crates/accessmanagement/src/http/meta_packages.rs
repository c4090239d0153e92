//! `meta/info/accesspackages/*`: the catalogue of packages, areas and groups.

use super::App;
use crate::domain::catalogue::Catalogue;
use crate::wire::meta::{Writer, code, language, resource_dto};
use crate::wire::problem::{Answer, Failure, not_found, unbound};
use crate::wire::query::Params;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

/// A catalogue answer; an empty list is 204.
pub fn answer(headers: &HeaderMap, value: Value) -> Response {
    if value.as_array().is_some_and(Vec::is_empty) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let mut response = Json(value).into_response();
    let language = HeaderValue::from_static(code(language(headers)));
    response.headers_mut().insert(header::CONTENT_LANGUAGE, language);
    response
}

/// The catalogue in the language of the request.
pub fn writer<'a>(app: &'a App, headers: &HeaderMap) -> Writer<'a> {
    Writer { catalogue: app.access.catalogue, language: language(headers) }
}

fn id(text: &str) -> Answer<Uuid> {
    text.parse().map_err(|_| unbound("id", &format!("The value '{text}' is not valid.")))
}

fn group_index(catalogue: &Catalogue, text: &str) -> Answer<usize> {
    let id = id(text)?;
    catalogue.groups.iter().position(|group| group.id == id).ok_or_else(not_found)
}

fn area_index(catalogue: &Catalogue, text: &str) -> Answer<usize> {
    let id = id(text)?;
    catalogue.areas.iter().position(|area| area.id == id).ok_or_else(not_found)
}

/// `GET search`
pub async fn search(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let strict = params.flag("strict", false)?;
    let mut hits = writer(&app, &headers).search(params.get("term").unwrap_or_default(), strict);
    if let Some(kind) = params.get("typeName") {
        let known = app
            .access
            .catalogue
            .types
            .iter()
            .any(|t| t.name.get(crate::domain::catalogue::Language::Nb) == kind);
        if !known {
            // WIRE: an unknown type is a server error here (access-management §2).
            return Err(Failure::from(httpkit::problem::problem_json(
                StatusCode::INTERNAL_SERVER_ERROR,
                &json!({ "status": 500, "title": format!("Type '{kind}' not found") }),
            )));
        }
        let type_name = |hit: &Value| hit["object"]["type"]["name"].as_str().map(str::to_owned);
        hits.retain(|hit| type_name(hit).as_deref() == Some(kind));
    }
    let owners: HashSet<String> = params.all("resourceProviderCode").map(str::to_lowercase).collect();
    if !owners.is_empty() {
        let open = packages_of_owners(&app, &owners).await?;
        hits.retain(|hit| hit["object"]["urn"].as_str().is_some_and(|urn| open.contains(urn)));
    }
    Ok(answer(&headers, Value::Array(hits)))
}

/// URNs of packages that open a resource of one of these owners.
async fn packages_of_owners(app: &App, owners: &HashSet<String>) -> Answer<HashSet<String>> {
    let urns: Vec<String> = app.access.catalogue.packages().map(|(_, package)| package.urn.clone()).collect();
    let pairs = app.access.resources.resources_by_subject(&urns).await?;
    let named =
        app.access.resources_named(pairs.iter().map(|(_, resource)| resource.clone()).collect()).await?;
    let owned = |resource: &String| named.get(resource).is_some_and(|r| owners.contains(&r.owner_code));
    Ok(pairs.into_iter().filter(|(_, resource)| owned(resource)).map(|(urn, _)| urn).collect())
}

/// `GET export`
pub async fn export(State(app): State<App>, headers: HeaderMap) -> Response {
    let writer = writer(&app, &headers);
    let groups = (0..app.access.catalogue.groups.len()).map(|i| writer.group(i, true)).collect();
    answer(&headers, groups)
}

/// `GET group`
pub async fn groups(State(app): State<App>, headers: HeaderMap) -> Response {
    let writer = writer(&app, &headers);
    let mut groups: Vec<Value> =
        (0..app.access.catalogue.groups.len()).map(|i| writer.group(i, false)).collect();
    groups.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    answer(&headers, Value::Array(groups))
}

/// `GET group/{id}`
pub async fn group(State(app): State<App>, headers: HeaderMap, Path(id): Path<String>) -> Answer<Response> {
    let index = group_index(app.access.catalogue, &id)?;
    Ok(answer(&headers, writer(&app, &headers).group(index, false)))
}

/// `GET group/{id}/areas`
pub async fn group_areas(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Response> {
    let index = group_index(app.access.catalogue, &id)?;
    Ok(answer(&headers, writer(&app, &headers).group(index, false)["areas"].take()))
}

/// `GET area/{id}`
pub async fn area(State(app): State<App>, headers: HeaderMap, Path(id): Path<String>) -> Answer<Response> {
    let index = area_index(app.access.catalogue, &id)?;
    Ok(answer(&headers, writer(&app, &headers).area(index)))
}

/// `GET area/{id}/packages`
pub async fn area_packages(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer<Response> {
    let index = area_index(app.access.catalogue, &id)?;
    Ok(answer(&headers, writer(&app, &headers).packages_of(index)))
}

/// `GET package/{id}` and `GET package/urn/{urn}`
pub async fn package(
    State(app): State<App>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Answer<Response> {
    let key = app.access.catalogue.find_package(&name).ok_or_else(not_found)?;
    Ok(answer(&headers, writer(&app, &headers).package(key)))
}

/// `GET package/{id}/resources`
pub async fn resources(
    State(app): State<App>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Answer<Response> {
    let catalogue = app.access.catalogue;
    let key = catalogue.find_package(&name).ok_or_else(not_found)?;
    let pairs =
        app.access.resources.resources_by_subject(std::slice::from_ref(&catalogue.package(key).urn)).await?;
    let named = app.access.resources_named(pairs.into_iter().map(|(_, resource)| resource).collect()).await?;
    let language = code(language(&headers));
    let mut list: Vec<Value> = named.values().map(|resource| resource_dto(resource, language)).collect();
    list.sort_by(|a, b| a["refId"].as_str().cmp(&b["refId"].as_str()));
    Ok(answer(&headers, Value::Array(list)))
}
