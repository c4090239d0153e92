//! `GET /allting/api/v1/explain/token/{correlationId}`: why a grant was refused, and what would mend it.

use crate::Maskinporten;
use crate::store::refusals;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use httpkit::problem::Problem;
use serde_json::json;
use uuid::Uuid;

pub async fn handle(State(state): State<Maskinporten>, Path(correlation_id): Path<String>) -> Response {
    let found = match Uuid::try_parse(&correlation_id) {
        Ok(id) => refusals::get(&state.ctx.db, id).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(refusal)) => {
            let body = json!({
                "correlationId": refusal.correlation_id,
                "refusedAt": refusal.refused_at,
                "clientId": refusal.client_id,
                "code": refusal.code,
                "error": refusal.error,
                "description": refusal.description,
                "reason": refusal.reason,
            });
            ([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response()
        }
        Ok(None) => Problem::allting(
            StatusCode::NOT_FOUND,
            "unknown-correlation-id",
            "No refused token request has this correlation id. Refusals are kept for seven days.",
        )
        .into_response(),
        Err(error) => httpkit::internal(&error),
    }
}
