//! `POST` and `PUT /resourceregistry/api/v1/resource/{id}/policy`

use super::write_access::{refused, writer};
use crate::service::{ResourceRegistry, WriteError};
use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use httpkit::{Caller, problem};
use std::sync::Arc;

/// WIRE: both verbs answer 201 (resource-registry.md §2).
pub async fn handle(
    State(registry): State<Arc<ResourceRegistry>>,
    Path(id): Path<String>,
    caller: Caller,
    form: Option<Multipart>,
) -> Response {
    let xml = match policy_file(form).await {
        Ok(xml) => xml,
        Err(answer) => return *answer,
    };
    match registry.put_policy(&id, &xml, &writer(&caller)).await {
        Ok(()) => (StatusCode::CREATED, [(header::LOCATION, format!("{id}/policy"))]).into_response(),
        Err(WriteError::Missing) => problem::text(StatusCode::BAD_REQUEST, "Unknown resource"),
        Err(error) => refused(&error),
    }
}

async fn policy_file(form: Option<Multipart>) -> Result<String, Box<Response>> {
    let missing = || Box::new(problem::text(StatusCode::BAD_REQUEST, "The policy file can not be null"));
    let mut form = form.ok_or_else(missing)?;
    loop {
        let field =
            form.next_field().await.map_err(|error| Box::new(error.into_response()))?.ok_or_else(missing)?;
        if field.name().is_some_and(|name| name.eq_ignore_ascii_case("policyFile")) {
            let bytes = field.bytes().await.map_err(|error| Box::new(error.into_response()))?;
            if bytes.is_empty() {
                return Err(missing());
            }
            return String::from_utf8(bytes.to_vec()).map_err(|_| {
                Box::new(problem::text(StatusCode::BAD_REQUEST, "Invalid policy: it is not UTF-8"))
            });
        }
    }
}
