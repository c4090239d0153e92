//! `PUT /resourceregistry/api/v1/resource/{id}`

use super::write_access::{check_owner, read, refused, writer};
use crate::service::ResourceRegistry;
use crate::store::resources;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use httpkit::{Caller, Json, problem};
use serde_json::Value;
use std::sync::Arc;

pub async fn handle(
    State(registry): State<Arc<ResourceRegistry>>,
    Path(id): Path<String>,
    caller: Caller,
    Json(body): Json<Value>,
) -> Response {
    match update(&registry, &id, &caller, &body).await {
        Ok(()) => problem::empty(StatusCode::OK),
        Err(answer) => *answer,
    }
}

async fn update(
    registry: &ResourceRegistry,
    id: &str,
    caller: &Caller,
    body: &Value,
) -> Result<(), Box<Response>> {
    let current =
        resources::get(&registry.db, id).await.map_err(|error| Box::new(httpkit::internal(&error)))?;
    if current.is_none() {
        return Err(Box::new(problem::empty(StatusCode::NOT_FOUND)));
    }
    let document = read(body, false)?;
    if document.identifier() != id {
        return Err(Box::new(problem::text(
            StatusCode::BAD_REQUEST,
            "The id of the path and the identifier of the resource do not match",
        )));
    }
    let writer = writer(caller);
    check_owner(&document, caller, &writer)?;
    registry.update(&document, &writer).await.map_err(|error| Box::new(refused(&error)))
}
