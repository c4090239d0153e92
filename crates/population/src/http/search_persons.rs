//! `GET /sandbox/api/v1/population/persons?q=`: whom to log in as.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::problem::{self, Problem};
use ports::register::Register;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

const LIMIT: usize = 50;
const LONGEST_QUERY: usize = 100;

#[derive(Deserialize)]
pub struct Params {
    #[serde(default)]
    q: String,
}

pub async fn handle(State(register): State<Arc<dyn Register>>, Query(params): Query<Params>) -> Response {
    let text = params.q.trim();
    if text.is_empty() || text.len() > LONGEST_QUERY {
        return Problem::allting(StatusCode::BAD_REQUEST, "bad-request", "q must have 1 to 100 characters")
            .into_response();
    }
    let found = match register.find_persons(text, LIMIT).await {
        Ok(found) => found,
        Err(error) => return problem::internal(&error),
    };
    let persons: Vec<_> = found
        .iter()
        .map(|party| {
            json!({
                "pid": party.pid,
                "name": party.name,
                "partyId": party.id,
                "partyUuid": party.uuid,
                "userId": party.user_id,
            })
        })
        .collect();
    Json(json!({ "data": persons })).into_response()
}
