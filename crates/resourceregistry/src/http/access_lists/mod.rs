//! Access lists (resource-registry.md §4). A list is its service owner's alone; the registry's administrators may do all.

mod connections;
mod lists;
mod members;

use crate::access_lists::{AccessLists, Condition, ListError, Target};
use crate::store::access_lists::{self as store, Connection, List};
use crate::store::owners;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use httpkit::{Access, Caller, Role, Route, Routes, etag, problem};
use serde_json::{Value, json};

const ADMIN: &str = "altinn:resourceregistry/resource.admin";
const READ: Access = Access::scope(&[
    "altinn:resourceregistry/accesslist.read",
    "altinn:resourceregistry/accesslist.write",
    "altinn:resourceregistry/pdp:accesslist.read",
    ADMIN,
]);
const WRITE: Access = Access::scope(&["altinn:resourceregistry/accesslist.write", ADMIN]);

/// The routes of access lists.
pub fn routes(lists: AccessLists) -> Vec<Route> {
    const BASE: &str = "/resourceregistry/api/v1/access-lists/{owner}";
    let at = |rest: &str| format!("{BASE}{rest}");
    let (one, members) = (at("/{identifier}"), at("/{identifier}/members"));
    let connections = at("/{identifier}/resource-connections");
    let connection = format!("{connections}/{{resourceId}}");
    Routes::new(Role::PLATFORM, lists)
        .get(BASE, READ, lists::of_owner)
        .get(&one, READ, lists::get)
        .put(&one, WRITE, lists::put)
        .delete(&one, WRITE, lists::delete)
        .get(&members, READ, members::get)
        .put(&members, WRITE, members::replace)
        .post(&members, WRITE, members::add)
        .delete(&members, WRITE, members::remove)
        .get(&connections, READ, connections::get)
        .put(&connection, WRITE, connections::put)
        .delete(&connection, WRITE, connections::delete)
        .done()
}

/// Everything that an operation on one list starts with.
async fn target(
    lists: &AccessLists,
    caller: &Caller,
    headers: &HeaderMap,
    owner: &str,
    identifier: &str,
) -> Result<Target, Box<Response>> {
    let owner = owner.to_lowercase();
    allowed(lists, caller, &owner).await?;
    Ok(Target {
        owner,
        identifier: identifier.to_owned(),
        by: caller.org_no().unwrap_or_default().to_owned(),
        condition: Condition::of(headers),
    })
}

/// The list as it stands.
async fn standing(lists: &AccessLists, target: &Target) -> Result<List, Box<Response>> {
    let list = store::get(&lists.registry.db, &target.owner, &target.identifier).await;
    let list = list.map_err(ListError::Db).and_then(|list| list.ok_or(ListError::Missing));
    list.map_err(|error| refused(&error))
}

/// The caller must be the owner.
async fn allowed(lists: &AccessLists, caller: &Caller, owner: &str) -> Result<(), Box<Response>> {
    let found = owners::find(&lists.registry.db, owner).await;
    let found = found.map_err(|error| Box::new(httpkit::internal(&error)))?;
    let found = found.filter(|found| found.owner.code == owner);
    let is_owner = found.as_ref().is_some_and(|found| caller.org_no() == Some(&found.owner.org_no));
    if !is_owner && !caller.has_scope(ADMIN) {
        return Err(Box::new(problem::empty(StatusCode::FORBIDDEN)));
    }
    if found.is_none() {
        return Err(Box::new(invalid(
            "RR.VLD-00010",
            "Access list owner must be a valid and registered org-code.",
            "/owner",
        )));
    }
    Ok(())
}

fn invalid(code: &str, text: &str, path: &str) -> Response {
    problem::validation(&[problem::FieldProblem::new(code, text, path)])
}

#[expect(
    clippy::unnecessary_box_returns,
    reason = "every refusal of these operations travels boxed, as an error"
)]
fn refused(error: &ListError) -> Box<Response> {
    let coded = |status, code, text| problem::altinn(status, code, text);
    Box::new(match error {
        ListError::Missing => problem::empty(StatusCode::NOT_FOUND),
        ListError::Precondition => problem::empty(StatusCode::PRECONDITION_FAILED),
        ListError::UnknownParty => {
            coded(StatusCode::BAD_REQUEST, "RR-00001", "One or more party references not found.")
        }
        ListError::UnknownResource => {
            coded(StatusCode::BAD_REQUEST, "RR-00002", "One or more resource references not found.")
        }
        ListError::OtherOwner => coded(
            StatusCode::FORBIDDEN,
            "RR-00004",
            "Cannot create a access-list connection to a resource not owned by the same service-owner as the access-list.",
        ),
        ListError::Db(error) => httpkit::internal(error),
    })
}

/// An answer about one list carries its version.
fn versioned(body: &Value, list: &List) -> Response {
    let mut response = Response::new(body.to_string().into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    if let Some(tag) = etag(list.version) {
        headers.insert(header::ETAG, tag);
    }
    let changed = list.updated_at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(changed) = HeaderValue::from_str(&changed) {
        headers.insert(header::LAST_MODIFIED, changed);
    }
    response
}

/// WIRE: members without value are left out (resource-registry.md §1).
fn info(list: &List, connections: Option<&[Connection]>) -> Value {
    let mut body = json!({
        "urn": format!("urn:altinn:access-list:{}:{}", list.owner, list.identifier),
        "identifier": list.identifier,
        "name": list.name,
        "description": list.description,
        "createdAt": list.created_at,
        "updatedAt": list.updated_at,
    });
    if let Some(connections) = connections {
        body["resourceConnections"] = connections.iter().map(connection).collect();
    }
    body
}

fn connection(one: &Connection) -> Value {
    let mut body = json!({
        "resourceIdentifier": one.resource, "createdAt": one.created_at, "updatedAt": one.updated_at,
    });
    if let Some(actions) = &one.actions {
        body["actionFilters"] = json!(actions);
    }
    body
}

fn page(data: Vec<Value>, next: Option<String>) -> Value {
    json!({ "data": data, "links": { "next": next } })
}
