//! `GET`, `PUT`, `POST`, `DELETE …/access-lists/{owner}/{identifier}/members`

use super::{invalid, page, refused, standing, target, versioned};
use crate::access_lists::{AccessLists, ListError, MemberChange};
use crate::store::access_lists::{self as store, List};
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Query;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use httpkit::{Caller, Origin, problem};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Members of one page, and of one change.
const MOST: usize = 100;

#[derive(Deserialize)]
pub struct Parameters {
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    data: Vec<String>,
}

type Place = Path<(String, String)>;

pub async fn get(
    State(lists): State<AccessLists>,
    Path((owner, identifier)): Place,
    Query(asked): Query<Parameters>,
    origin: Origin,
    headers: HeaderMap,
    caller: Caller,
) -> Response {
    let found = async {
        let target = target(&lists, &caller, &headers, &owner, &identifier).await?;
        let list = standing(&lists, &target).await?;
        let (version, after) = match asked.token.filter(|token| !token.is_empty()) {
            Some(token) => place(&token)
                .ok_or_else(|| Box::new(problem::aspnet(&[("token", "The token is not valid.")])))?,
            None => (list.version, Uuid::nil()),
        };
        // WIRE: a list that changed between two pages is 412 (resource-registry.md §4).
        if version != list.version || !target.condition.holds(Some(&list)) {
            return Err(refused(&ListError::Precondition));
        }
        members(&lists, &list, after, &origin).await.map_err(|error| refused(&error))
    };
    found.await.unwrap_or_else(|answer: Box<Response>| *answer)
}

fn place(token: &str) -> Option<(i64, Uuid)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (version, after) = text.split_once(':')?;
    Some((version.parse().ok()?, after.parse().ok()?))
}

async fn members(
    lists: &AccessLists,
    list: &List,
    after: Uuid,
    origin: &Origin,
) -> Result<Response, ListError> {
    let limit = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let mut found = store::members(&lists.registry.db, list, after, limit).await?;
    let more = found.len() > MOST;
    found.truncate(MOST);
    let uuids: Vec<Uuid> = found.iter().map(|(party, _)| *party).collect();
    let parties = lists.register.parties(&uuids).await?;
    let data = found.iter().map(|(uuid, since)| {
        let urn = format!("urn:altinn:party:uuid:{uuid}");
        let mut identifiers = Map::new();
        identifiers.insert("urn:altinn:party:uuid".to_owned(), json!(uuid));
        if let Some(party) = parties.iter().find(|party| party.uuid == *uuid) {
            identifiers.insert("urn:altinn:party:id".to_owned(), json!(party.id));
            if let Some(number) = &party.org_no {
                identifiers.insert("urn:altinn:organization:identifier-no".to_owned(), json!(number));
            }
        }
        json!({ "id": urn, "since": since, "identifiers": identifiers })
    });
    let data: Vec<Value> = data.collect();
    let next = uuids.last().filter(|_| more).map(|last| {
        let token = URL_SAFE_NO_PAD.encode(format!("{}:{last}", list.version));
        let (owner, identifier) = (&list.owner, &list.identifier);
        let path =
            format!("/resourceregistry/api/v1/access-lists/{owner}/{identifier}/members?token={token}");
        origin.url(&path)
    });
    Ok(versioned(&page(data, next), list))
}

macro_rules! changes {
    ($($(#[$meta:meta])* $name:ident => $change:expr;)+) => {$(
        $(#[$meta])*
        pub async fn $name(
            State(lists): State<AccessLists>,
            place: Place,
            origin: Origin,
            headers: HeaderMap,
            caller: Caller,
            httpkit::Json(body): httpkit::Json<Body>,
        ) -> Response {
            change(&lists, place, &origin, &headers, &caller, $change, &body.data)
                .await
                .unwrap_or_else(|answer| *answer)
        }
    )+};
}

changes! {
    /// Makes these the only members.
    replace => MemberChange::Replace;
    /// Adds these.
    add => MemberChange::Add;
    /// Removes these.
    remove => MemberChange::Remove;
}

async fn change(
    lists: &AccessLists,
    Path((owner, identifier)): Place,
    origin: &Origin,
    headers: &HeaderMap,
    caller: &Caller,
    change: MemberChange,
    urns: &[String],
) -> Result<Response, Box<Response>> {
    let target = target(lists, caller, headers, &owner, &identifier).await?;
    if urns.len() > MOST {
        let (code, text) = match change {
            MemberChange::Replace => (
                "RR.VLD-00000",
                "Cannot replace more than 100 members at a time. Use POST and DELETE methods instead.",
            ),
            _ => ("RR.VLD-00001", "Cannot add or remove more than 100 members at a time."),
        };
        return Err(Box::new(invalid(code, text, "/data")));
    }
    let changed = async {
        let parties = lists.parties(urns).await?;
        let list = lists.members(&target, change, &parties).await?;
        members(lists, &list, Uuid::nil(), origin).await
    };
    changed.await.map_err(|error| refused(&error))
}
