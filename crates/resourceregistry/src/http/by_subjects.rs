//! `POST /resourceregistry/api/v1/resource/bysubjects`

use crate::service::ResourceRegistry;
use crate::store::policies;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

pub async fn handle(
    State(registry): State<Arc<ResourceRegistry>>,
    httpkit::Json(subjects): httpkit::Json<Vec<String>>,
) -> Response {
    match policies::by_subjects(&registry.db, &subjects).await {
        Ok(pairs) => Json(json!({ "data": grouped(&pairs), "links": { "next": null } })).into_response(),
        Err(error) => httpkit::internal(&error),
    }
}

/// Pairs come sorted by subject.
fn grouped(pairs: &[(String, String)]) -> Vec<Value> {
    pairs
        .chunk_by(|a, b| a.0 == b.0)
        .map(|chunk| {
            let subject = &chunk[0].0;
            let (attribute, value) = subject.rsplit_once(':').unwrap_or((subject, ""));
            let resources: Vec<Value> = chunk
                .iter()
                .map(|(_, id)| {
                    json!({ "type": "urn:altinn:resource", "value": id, "urn": format!("urn:altinn:resource:{id}") })
                })
                .collect();
            json!({
                "subject": { "type": attribute, "value": value, "urn": subject },
                "resources": resources,
            })
        })
        .collect()
}
