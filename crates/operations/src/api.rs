//! `/allting/api/v1/operations/jobs`: messages of the outbox.

use crate::Operations;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::Json;
use httpkit::problem::{Problem, internal};
use jobs::Refused;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// Messages of a page, where nobody says otherwise, and at most.
const PAGE: usize = 50;
const LARGEST_PAGE: usize = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    queue: Option<String>,
    #[serde(default)]
    state: Which,
    limit: Option<usize>,
    cursor: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Which {
    #[default]
    Dead,
    Open,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueToRetry {
    queue: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueToDrop {
    queue: String,
    reason: String,
}

fn bad(title: &str) -> Response {
    Problem::allting(StatusCode::BAD_REQUEST, "invalid-request", title).into_response()
}

fn refused(refused: Refused) -> Response {
    let (status, kind) = match &refused {
        Refused::Unknown => (StatusCode::NOT_FOUND, "unknown-job"),
        Refused::Running => (StatusCode::CONFLICT, "job-running"),
        Refused::NoReason | Refused::Cursor(_) => (StatusCode::BAD_REQUEST, "invalid-request"),
        Refused::Db(error) => return internal(error),
    };
    Problem::allting(status, kind, &refused.to_string()).into_response()
}

/// The id of a path; what is none names no message.
fn id(text: &str) -> Result<Uuid, Response> {
    text.parse().map_err(|_| refused(Refused::Unknown))
}

pub async fn list(
    State(operations): State<Operations>,
    wanted: Result<Query<Wanted>, axum_extra::extract::QueryRejection>,
) -> Response {
    let Ok(Query(wanted)) = wanted else {
        return bad("The query takes queue, state (dead or open), limit and cursor, each once.");
    };
    let limit = wanted.limit.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return bad("limit is from 1 to 500.");
    }
    let dead = wanted.state == Which::Dead;
    let page = operations.desk.list(wanted.queue.as_deref(), dead, wanted.cursor.as_deref(), limit).await;
    match page {
        Ok((items, next)) => axum::Json(json!({ "items": items, "next": next })).into_response(),
        Err(e) => refused(e),
    }
}

pub async fn show(State(operations): State<Operations>, Path(text): Path<String>) -> Response {
    let id = match id(&text) {
        Ok(id) => id,
        Err(answer) => return answer,
    };
    match operations.desk.get(id).await {
        Ok(Some(entry)) => axum::Json(entry).into_response(),
        Ok(None) => refused(Refused::Unknown),
        Err(e) => internal(&e),
    }
}

pub async fn retry(State(operations): State<Operations>, Path(text): Path<String>) -> Response {
    let id = match id(&text) {
        Ok(id) => id,
        Err(answer) => return answer,
    };
    match operations.desk.retry(id).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(e) => refused(e),
    }
}

pub async fn drop(
    State(operations): State<Operations>,
    Path(text): Path<String>,
    Json(body): Json<Reason>,
) -> Response {
    let id = match id(&text) {
        Ok(id) => id,
        Err(answer) => return answer,
    };
    match operations.desk.drop(id, &body.reason).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(e) => refused(e),
    }
}

pub async fn retry_queue(State(operations): State<Operations>, Json(body): Json<QueueToRetry>) -> Response {
    match operations.desk.retry_queue(&body.queue).await {
        Ok(count) => axum::Json(json!({ "retried": count })).into_response(),
        Err(e) => refused(e),
    }
}

pub async fn drop_queue(State(operations): State<Operations>, Json(body): Json<QueueToDrop>) -> Response {
    match operations.desk.drop_queue(&body.queue, &body.reason).await {
        Ok(count) => axum::Json(json!({ "dropped": count })).into_response(),
        Err(e) => refused(e),
    }
}
