//! `GET /resourceregistry/api/v2/resource/{id}/policy/rights`

use crate::domain::rights::{Wanted, rights};
use crate::service::ResourceRegistry;
use crate::store::resources;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::{HeaderMap, StatusCode, header};
use httpkit::problem;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    include_service_owner_rights: Option<String>,
    include_app_rights: Option<String>,
}

pub async fn handle(
    State(registry): State<Arc<ResourceRegistry>>,
    Path(id): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Response {
    let wants = |value: Option<String>| value.is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let wanted = Wanted {
        service_owners: wants(parameters.include_service_owner_rights),
        apps: wants(parameters.include_app_rights),
    };
    let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("nb");
    match shown(&registry, &id.to_lowercase(), &language.to_lowercase(), wanted).await {
        Ok(Some(rights)) => Json(rights).into_response(),
        Ok(None) => problem::empty(StatusCode::NOT_FOUND),
        Err(error) => httpkit::internal(&error),
    }
}

/// A known resource without a policy has no rights; an unknown one is not found.
async fn shown(
    registry: &ResourceRegistry,
    id: &str,
    language: &str,
    wanted: Wanted,
) -> db::Result<Option<Vec<Value>>> {
    if resources::get(&registry.db, id).await?.is_none() {
        return Ok(None);
    }
    let policy = registry.parsed_policy(id).await?;
    Ok(Some(policy.map_or_else(Vec::new, |policy| rights(&policy, id, language, wanted))))
}
