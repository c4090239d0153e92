//! `POST /resourceregistry/api/v1/resource`

use super::write_access::{check_owner, read, refused, writer};
use crate::service::ResourceRegistry;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use httpkit::{Caller, Json};
use serde_json::Value;
use std::sync::Arc;

pub async fn handle(
    State(registry): State<Arc<ResourceRegistry>>,
    caller: Caller,
    Json(body): Json<Value>,
) -> Response {
    match create(&registry, &caller, &body).await {
        Ok(location) => (StatusCode::CREATED, [(header::LOCATION, location)]).into_response(),
        Err(answer) => *answer,
    }
}

async fn create(registry: &ResourceRegistry, caller: &Caller, body: &Value) -> Result<String, Box<Response>> {
    let document = read(body, true)?;
    let writer = writer(caller);
    check_owner(&document, caller, &writer)?;
    registry.create(&document, &writer).await.map_err(|error| Box::new(refused(&error)))?;
    Ok(format!("/resourceregistry/api/v1/resource/{}", document.identifier()))
}
