//! The sandbox's own doors: the business clock.

use crate::BusinessClock;
use crate::compose::Surroundings;
use async_trait::async_trait;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use db::Db;
use http::StatusCode;
use httpkit::{Access, Json, Role, Route, Routes, problem::Problem};
use jiff::{Span, Timestamp};
use kernel::Clock;
use ports::clock::MovableClock;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

pub fn routes(surroundings: &Surroundings) -> Vec<Route> {
    Routes::new(Role::ALLTING, surroundings.clone())
        .get("/sandbox/api/v1/clock", Access::sandbox(), read_clock)
        .put("/sandbox/api/v1/clock", Access::sandbox(), move_clock)
        .done()
}

/// The clock as the console moves it.
pub struct ConsoleClock {
    pub clock: Arc<BusinessClock>,
    pub db: Db,
}

#[async_trait]
impl MovableClock for ConsoleClock {
    async fn move_to(&self, to: Timestamp) -> ports::Result<()> {
        self.clock.set(&self.db, to).await
    }
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
