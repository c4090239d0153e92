//! `GET /resourceregistry/api/v1/resource/{id}/policy/rules`

use crate::domain::rights::rules;
use crate::service::ResourceRegistry;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::problem;
use std::sync::Arc;

pub async fn handle(State(registry): State<Arc<ResourceRegistry>>, Path(id): Path<String>) -> Response {
    match registry.parsed_policy(&id.to_lowercase()).await {
        Ok(Some(policy)) => Json(rules(&policy)).into_response(),
        Ok(None) => problem::empty(StatusCode::NOT_FOUND),
        Err(error) => httpkit::internal(&error),
    }
}
