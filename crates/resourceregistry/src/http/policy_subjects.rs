//! `GET /resourceregistry/api/v1/resource/{id}/policy/subjects`

use crate::domain::policy::{subjects, urn};
use crate::service::ResourceRegistry;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::problem;
use serde_json::{Value, json};
use std::sync::Arc;

pub async fn handle(State(registry): State<Arc<ResourceRegistry>>, Path(id): Path<String>) -> Response {
    match registry.parsed_policy(&id.to_lowercase()).await {
        Ok(Some(policy)) => {
            let data: Vec<Value> = subjects(&policy)
                .iter()
                .map(|pair| json!({ "type": pair.0, "value": pair.1.to_lowercase(), "urn": urn(pair) }))
                .collect();
            Json(json!({ "data": data, "links": { "next": null } })).into_response()
        }
        Ok(None) => problem::empty(StatusCode::NOT_FOUND),
        Err(error) => httpkit::internal(&error),
    }
}
