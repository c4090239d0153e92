//! `DELETE /resourceregistry/api/v1/resource/{id}`

use super::write_access::{refused, writer};
use crate::service::ResourceRegistry;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use httpkit::{Caller, problem};
use std::sync::Arc;

pub async fn handle(
    State(registry): State<Arc<ResourceRegistry>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Response {
    if !registry.sandbox {
        return problem::text(StatusCode::FORBIDDEN, "Resources are not deleted in this environment");
    }
    match registry.delete(&id, &writer(&caller)).await {
        Ok(()) => problem::empty(StatusCode::NO_CONTENT),
        Err(error) => refused(&error),
    }
}
