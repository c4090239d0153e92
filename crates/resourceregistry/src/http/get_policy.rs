//! `GET /resourceregistry/api/v1/resource/{id}/policy`

use crate::service::ResourceRegistry;
use crate::store::policies;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use httpkit::problem;
use std::sync::Arc;

pub async fn handle(State(registry): State<Arc<ResourceRegistry>>, Path(id): Path<String>) -> Response {
    match policies::get(&registry.db, &id.to_lowercase()).await {
        Ok(Some(policy)) => {
            let headers = [
                (header::CONTENT_TYPE, "text/xml"),
                (header::CONTENT_DISPOSITION, "attachment; filename=policy.xml; filename*=UTF-8''policy.xml"),
            ];
            (headers, policy.xml).into_response()
        }
        Ok(None) => problem::text(StatusCode::NOT_FOUND, "Unable to find requested policy"),
        Err(error) => httpkit::internal(&error),
    }
}
