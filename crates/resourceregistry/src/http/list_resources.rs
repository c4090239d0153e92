//! `GET /resourceregistry/api/v1/resource/resourcelist`

use crate::service::ResourceRegistry;
use crate::store::resources;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    include_apps: Option<String>,
    include_migrated_apps: Option<String>,
}

pub async fn handle(
    State(registry): State<Arc<ResourceRegistry>>,
    Query(parameters): Query<Parameters>,
) -> Response {
    let wants = |value: Option<&str>, default: bool| match value {
        None | Some("") => default,
        Some(text) => text.eq_ignore_ascii_case("true"),
    };
    let apps = wants(parameters.include_apps.as_deref(), true);
    let migrated = wants(parameters.include_migrated_apps.as_deref(), false);
    match resources::all(&registry.db).await {
        Ok(all) => {
            let shown = all.iter().filter(|stored| match stored.document.str("resourceType") {
                "AltinnApp" => apps,
                "MigratedApp" => migrated,
                _ => true,
            });
            Json(shown.map(|stored| stored.document.answer(stored.version)).collect::<Vec<Value>>())
                .into_response()
        }
        Err(error) => httpkit::internal(&error),
    }
}
