//! `GET /resourceregistry/api/v1/resource/{id}`

use crate::service::ResourceRegistry;
use crate::store::resources;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::problem;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    version_id: Option<String>,
}

pub async fn handle(
    State(registry): State<Arc<ResourceRegistry>>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Response {
    // An empty value counts as absent.
    let version =
        match parameters.version_id.as_deref().filter(|text| !text.is_empty()).map(str::parse::<i64>) {
            None => None,
            Some(Ok(version)) => Some(version),
            Some(Err(_)) => return problem::aspnet(&[("versionId", "The value is not valid.")]),
        };
    let id = id.to_lowercase();
    let found = match version {
        None => resources::get(&registry.db, &id).await,
        Some(version) => resources::get_version(&registry.db, &id, version).await,
    };
    match found {
        Ok(Some(stored)) => Json(stored.document.answer(stored.version)).into_response(),
        Ok(None) => problem::empty(StatusCode::NOT_FOUND),
        Err(error) => httpkit::internal(&error),
    }
}
