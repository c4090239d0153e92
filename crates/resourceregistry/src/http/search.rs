//! `GET /resourceregistry/api/v1/resource/Search`

use crate::domain::document::Document;
use crate::service::ResourceRegistry;
use crate::store::resources;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde_json::Value;
use std::sync::Arc;

pub async fn handle(
    State(registry): State<Arc<ResourceRegistry>>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Response {
    match resources::all(&registry.db).await {
        Ok(all) => {
            let found = all.iter().filter(|stored| {
                parameters
                    .iter()
                    .all(|(name, wanted)| wanted.is_empty() || fits(&stored.document, name, wanted))
            });
            Json(found.map(|stored| stored.document.answer(stored.version)).collect::<Vec<Value>>())
                .into_response()
        }
        Err(error) => httpkit::internal(&error),
    }
}

/// Does a part of the field's text equal what is sought, whatever the case. Unknown parameters are ignored.
fn fits(document: &Document, name: &str, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let texts = |member: &str| {
        document
            .get(member)
            .and_then(Value::as_object)
            .is_some_and(|texts| texts.values().filter_map(Value::as_str).any(has))
    };
    let items = |member: &str, field: &str| {
        document.list(member).iter().filter_map(|item| item[field].as_str()).any(has)
    };
    match name.to_lowercase().as_str() {
        "id" => has(document.identifier()),
        "title" => texts("title"),
        "description" => texts("description"),
        "resourcetype" => document.str("resourceType").to_lowercase() == wanted,
        "keyword" => items("keywords", "word"),
        "reference" => items("resourceReferences", "reference"),
        "orgcode" => document.authority("orgcode").to_lowercase() == wanted,
        "organizationid" => document.authority("organization") == wanted,
        _ => true,
    }
}
