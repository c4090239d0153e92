//! `GET …/access-lists/{owner}/{identifier}/resource-connections`, and `PUT`, `DELETE …/{resourceId}`

use super::{connection, page, refused, standing, target, versioned};
use crate::access_lists::{AccessLists, ListError};
use crate::store::access_lists::{self as store, List};
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use httpkit::{Caller, problem};
use serde::Deserialize;

/// Most actions that a connection may be limited to.
const MOST: usize = 100;

pub async fn get(
    State(lists): State<AccessLists>,
    Path((owner, identifier)): Path<(String, String)>,
    headers: HeaderMap,
    caller: Caller,
) -> Response {
    let found = async {
        let target = target(&lists, &caller, &headers, &owner, &identifier).await?;
        let list = standing(&lists, &target).await?;
        if !target.condition.holds(Some(&list)) {
            return Err(refused(&ListError::Precondition));
        }
        let connections = store::connections(&lists.registry.db, &list).await;
        let connections = connections.map_err(|error| refused(&ListError::Db(error)))?;
        let data = connections.iter().map(connection).collect();
        Ok(versioned(&page(data, None), &list))
    };
    found.await.unwrap_or_else(|answer: Box<Response>| *answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    #[serde(default)]
    action_filters: Option<Vec<String>>,
}

type Place = Path<(String, String, String)>;

pub async fn put(
    State(lists): State<AccessLists>,
    Path((owner, identifier, resource)): Place,
    headers: HeaderMap,
    caller: Caller,
    httpkit::Json(body): httpkit::Json<Body>,
) -> Response {
    let made = async {
        let target = target(&lists, &caller, &headers, &owner, &identifier).await?;
        let actions = body.action_filters.as_deref();
        if actions.is_some_and(|words| words.len() > MOST || words.iter().any(|word| word.len() > 100)) {
            let text = "At most 100 actions of at most 100 letters.";
            return Err(Box::new(problem::aspnet(&[("ActionFilters", text)])));
        }
        let resource = resource.to_lowercase();
        let list = lists.connect(&target, &resource, actions).await.map_err(|error| refused(&error))?;
        of_list(&lists, &list, &resource).await
    };
    made.await.unwrap_or_else(|answer: Box<Response>| *answer)
}

async fn of_list(lists: &AccessLists, list: &List, resource: &str) -> Result<Response, Box<Response>> {
    let found = store::connections(&lists.registry.db, list).await;
    let found = found.map_err(|error| refused(&ListError::Db(error)))?;
    let found = found.iter().find(|one| one.resource == resource);
    let found = found.ok_or_else(|| refused(&ListError::Missing))?;
    Ok(versioned(&connection(found), list))
}

/// WIRE: 200 with what it was, 204 when there was none.
pub async fn delete(
    State(lists): State<AccessLists>,
    Path((owner, identifier, resource)): Place,
    headers: HeaderMap,
    caller: Caller,
) -> Response {
    let gone = async {
        let target = target(&lists, &caller, &headers, &owner, &identifier).await?;
        let resource = resource.to_lowercase();
        let known = standing(&lists, &target).await?;
        let before = store::connections(&lists.registry.db, &known).await;
        let before = before.map_err(|error| refused(&ListError::Db(error)))?;
        let Some(was) = before.iter().find(|one| one.resource == resource) else {
            return Ok(problem::empty(StatusCode::NO_CONTENT));
        };
        let list = lists.disconnect(&target, &resource).await.map_err(|error| refused(&error))?;
        Ok(versioned(&connection(was), &list))
    };
    gone.await.unwrap_or_else(|answer: Box<Response>| *answer)
}
