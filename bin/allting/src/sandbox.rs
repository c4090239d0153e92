//! The sandbox's own doors: the business clock.

use crate::compose::Surroundings;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::{Access, Json, Role, Route, Routes, problem::Problem};
use jiff::{Span, Timestamp};
use kernel::Clock;
use serde::Deserialize;
use serde_json::json;

pub fn routes(surroundings: &Surroundings) -> Vec<Route> {
    Routes::new(Role::ALLTING, surroundings.clone())
        .get("/sandbox/api/v1/clock", Access::sandbox(), read_clock)
        .put("/sandbox/api/v1/clock", Access::sandbox(), move_clock)
        .done()
}

/// Either the new time, or how far to move, as an ISO 8601 duration (`P3D`, `-PT2H`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    now: Option<Timestamp>,
    advance: Option<Span>,
}

async fn read_clock(State(surroundings): State<Surroundings>) -> Response {
    axum::Json(json!({ "now": surroundings.clock.now().to_string() })).into_response()
}

async fn move_clock(State(surroundings): State<Surroundings>, Json(step): Json<Move>) -> Response {
    let to = match (step.now, step.advance) {
        (Some(now), None) => Some(now),
        (None, Some(span)) => {
            let zone = jiff::tz::TimeZone::UTC;
            surroundings.clock.now().to_zoned(zone).checked_add(span).ok().map(|moved| moved.timestamp())
        }
        _ => None,
    };
    let Some(to) = to else {
        let title = "Give either now (a time) or advance (a duration), within the years that can be told.";
        return Problem::allting(StatusCode::BAD_REQUEST, "invalid-clock", title).into_response();
    };
    match surroundings.clock.set(&surroundings.ctx.db, to).await {
        Ok(()) => read_clock(State(surroundings)).await,
        Err(e) => httpkit::internal(&e),
    }
}
