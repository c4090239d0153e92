//! `GET /health/details`: how everything is doing, for operators and their tools.

use crate::Operations;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jobs::{Node, Queue, Timer};
use serde::Serialize;

/// How the server is doing.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// `ok` or `degraded`.
    pub status: &'static str,
    pub version: &'static str,
    pub environment: String,
    pub profile: &'static str,
    pub database: &'static str,
    pub queues: Vec<Queue>,
    pub timers: Vec<Timer>,
    pub nodes: Vec<Node>,
}

impl Details {
    pub async fn read(operations: &Operations) -> db::Result<Self> {
        let (config, desk) = (&operations.ctx.config, &operations.desk);
        let (queues, timers) = (desk.queues().await?, desk.timers().await?);
        let degraded =
            queues.iter().any(Queue::is_degraded) || timers.iter().any(|timer| timer.last_error.is_some());
        Ok(Self {
            status: if degraded { "degraded" } else { "ok" },
            version: operations.version,
            environment: config.environment.clone(),
            profile: if config.is_sandbox() { "sandbox" } else { "production" },
            database: match operations.ctx.db.engine() {
                db::Engine::Sqlite => "SQLite",
                db::Engine::Postgres => "PostgreSQL",
            },
            queues,
            timers,
            nodes: desk.nodes().await?,
        })
    }
}

pub async fn handle(State(operations): State<Operations>) -> Response {
    match Details::read(&operations).await {
        Ok(details) => axum::Json(details).into_response(),
        Err(e) => httpkit::internal(&e),
    }
}
