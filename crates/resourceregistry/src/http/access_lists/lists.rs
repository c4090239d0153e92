//! `GET …/access-lists/{owner}`, and `GET`, `PUT`, `DELETE …/{owner}/{identifier}`

use super::{allowed, info, invalid, page, refused, standing, target, versioned};
use crate::access_lists::{AccessLists, ListError};
use crate::store::access_lists as store;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::{HeaderMap, StatusCode};
use httpkit::{Caller, problem};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub struct Parameters {
    #[serde(default)]
    include: String,
    resource: Option<String>,
}

pub async fn of_owner(
    State(lists): State<AccessLists>,
    Path(owner): Path<String>,
    Query(asked): Query<Parameters>,
    caller: Caller,
) -> Response {
    match lists_of(&lists, &owner.to_lowercase(), &asked, &caller).await {
        Ok(body) => Json(body).into_response(),
        Err(answer) => *answer,
    }
}

async fn lists_of(
    lists: &AccessLists,
    owner: &str,
    asked: &Parameters,
    caller: &Caller,
) -> Result<Value, Box<Response>> {
    allowed(lists, caller, owner).await?;
    let include: Vec<&str> =
        asked.include.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    if include.contains(&"members") {
        return Err(Box::new(problem::altinn(
            StatusCode::NOT_IMPLEMENTED,
            "RR-00000",
            "Members are not supported yet as an include option for this endpoint.",
        )));
    }
    let with_actions = include.contains(&"resource-actions");
    let resource = asked.resource.as_deref().filter(|id| !id.is_empty()).map(str::to_lowercase);
    if resource.is_none() && (with_actions || include.contains(&"resources")) {
        let text = "Resource identifier is required when including resource connections.";
        return Err(Box::new(invalid("RR.VLD-00002", text, "/$QUERY/resource")));
    }
    let db = &lists.registry.db;
    let failed = |error| refused(&ListError::Db(error));
    let mut data = Vec::new();
    for list in store::of_owner(db, owner).await.map_err(failed)? {
        let Some(resource) = &resource else {
            data.push(info(&list, None));
            continue;
        };
        let mut connections = store::connections(db, &list).await.map_err(failed)?;
        connections.retain(|one| one.resource == *resource);
        if !with_actions {
            for one in &mut connections {
                one.actions = None;
            }
        }
        data.push(info(&list, Some(connections.as_slice()).filter(|_| !include.is_empty())));
    }
    Ok(page(data, None))
}

pub async fn get(
    State(lists): State<AccessLists>,
    Path((owner, identifier)): Path<(String, String)>,
    headers: HeaderMap,
    caller: Caller,
) -> Response {
    let found = async {
        let target = target(&lists, &caller, &headers, &owner, &identifier).await?;
        let list = standing(&lists, &target).await?;
        if target.condition.is_known(&list) {
            return Err(Box::new(problem::empty(StatusCode::NOT_MODIFIED)));
        }
        if !target.condition.holds(Some(&list)) {
            return Err(refused(&ListError::Precondition));
        }
        Ok(versioned(&info(&list, None), &list))
    };
    found.await.unwrap_or_else(|answer| *answer)
}

#[derive(Deserialize)]
pub struct Body {
    name: String,
    #[serde(default)]
    description: Option<String>,
}

pub async fn put(
    State(lists): State<AccessLists>,
    Path((owner, identifier)): Path<(String, String)>,
    headers: HeaderMap,
    caller: Caller,
    httpkit::Json(body): httpkit::Json<Body>,
) -> Response {
    let made = async {
        let target = target(&lists, &caller, &headers, &owner, &identifier).await?;
        if !is_identifier(&identifier) {
            let text = "An identifier is lower-case letters, digits, dashes and underscores.";
            return Err(Box::new(problem::aspnet(&[("identifier", text)])));
        }
        let description = body.description.as_deref().unwrap_or_default();
        for (field, text, most) in [("Name", body.name.as_str(), 255), ("Description", description, 4000)] {
            if text.chars().count() > most || (field == "Name" && text.trim().is_empty()) {
                let reason = format!("The field {field} must have a text of at most {most} letters.");
                return Err(Box::new(problem::aspnet(&[(field, &reason)])));
            }
        }
        let list = lists.put(&target, body.name.trim(), description).await.map_err(|e| refused(&e))?;
        Ok(versioned(&info(&list, None), &list))
    };
    made.await.unwrap_or_else(|answer| *answer)
}

fn is_identifier(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    (1..=100).contains(&text.len()) && text.bytes().all(fits)
}

/// WIRE: 200 with what it was, 204 when there was none.
pub async fn delete(
    State(lists): State<AccessLists>,
    Path((owner, identifier)): Path<(String, String)>,
    headers: HeaderMap,
    caller: Caller,
) -> Response {
    let gone = async {
        let target = target(&lists, &caller, &headers, &owner, &identifier).await?;
        let list = lists.delete(&target).await.map_err(|error| refused(&error))?;
        Ok(match list {
            Some(list) => versioned(&info(&list, None), &list),
            None => problem::empty(StatusCode::NO_CONTENT),
        })
    };
    gone.await.unwrap_or_else(|answer: Box<Response>| *answer)
}
