//! `GET /resourceregistry/api/v1/resource/orgs`

use crate::service::{ResourceRegistry, owner_entry};
use crate::store::owners;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub async fn handle(State(registry): State<Arc<ResourceRegistry>>) -> Response {
    match owners::all(&registry.db.stale_ok()).await {
        Ok(all) => {
            let orgs: Map<String, Value> =
                all.iter().map(|owner| owner_entry(owner, &registry.environment)).collect();
            Json(json!({ "orgs": orgs })).into_response()
        }
        Err(error) => httpkit::internal(&error),
    }
}
