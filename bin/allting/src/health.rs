//! Health and metrics.

use crate::compose::Surroundings;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::{Access, Class, Role, Route, Routes};
use serde_json::json;
use std::sync::atomic::Ordering;

pub fn routes(surroundings: &Surroundings) -> Vec<Route> {
    Routes::new(Role::ALLTING, surroundings.clone())
        .get("/health/live", Access::Public("answers only that the process runs"), live)
        .class(Class::Unlimited)
        .get("/health/ready", Access::Public("answers only whether requests are taken"), ready)
        .class(Class::Unlimited)
        .get("/metrics", Access::operator(), metrics)
        .done()
}

async fn live() -> &'static str {
    "ok"
}

async fn ready(State(surroundings): State<Surroundings>) -> Response {
    if surroundings.leaving.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "leaving").into_response();
    }
    match surroundings.ctx.db.meta_get("environment").await {
        Ok(Some(environment)) => {
            axum::Json(json!({ "status": "ready", "environment": environment })).into_response()
        }
        Ok(None) => (StatusCode::SERVICE_UNAVAILABLE, "starting").into_response(),
        Err(e) => {
            tracing::warn!(error = %e, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
        }
    }
}

async fn metrics(State(surroundings): State<Surroundings>) -> String {
    surroundings.ctx.db.observe();
    surroundings.metrics.as_ref().map(telemetry::Metrics::render).unwrap_or_default()
}
