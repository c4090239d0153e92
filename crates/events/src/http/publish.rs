//! `POST /events/api/v1/events`

use crate::domain::cloudevent;
use crate::domain::consumer::Consumer;
use crate::http::problem;
use crate::service::{Service, register};
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use httpkit::problem::{aspnet, empty};
use httpkit::{Caller, internal};
use serde_json::{Map, Value};
use std::sync::Arc;

pub async fn handle(
    State(service): State<Arc<Service>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/cloudevents+json")
    {
        return empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let event: Map<String, Value> = match httpkit::json_from(&body) {
        Ok(event) => event,
        Err((_, reason)) => return aspnet(&[("RequestBody", &reason)]),
    };
    let resource = match check(&event) {
        Ok(resource) => resource.to_owned(),
        Err(response) => return *response,
    };
    match permitted(&service, &caller, &resource, &event).await {
        Ok(true) => {}
        Ok(false) => return empty(StatusCode::FORBIDDEN),
        Err(e) => return internal(&e),
    }
    let stored = db::write_tx!(service.ctx.db, "events.publish", |tx| {
        register(&service.ctx, tx, event.clone()).await
    });
    match stored {
        Ok(()) => empty(StatusCode::OK),
        Err(e) => internal(&e),
    }
}

/// The event's resource, when the event is sound.
fn check(event: &Map<String, Value>) -> Result<&str, Box<Response>> {
    if let Some(missing) = cloudevent::missing(event) {
        let text = format!("CloudEvent is missing required attributes: {missing} (Parameter 'data')");
        return Err(Box::new(aspnet(&[("RequestBody", &text)])));
    }
    if event.get("specversion").and_then(Value::as_str) != Some("1.0") {
        return Err(Box::new(aspnet(&[(
            "RequestBody",
            "The CloudEvents specification version must be 1.0.",
        )])));
    }
    if let Some(name) = cloudevent::too_long(event) {
        let text = format!("CloudEvent attribute '{name}' is longer than {} bytes.", cloudevent::MAX_KEY);
        return Err(Box::new(aspnet(&[("RequestBody", &text)])));
    }
    if let Some(name) = cloudevent::bad_name(event) {
        let text = format!("Invalid CloudEvent attribute name: '{name}'");
        return Err(Box::new(aspnet(&[("RequestBody", &text)])));
    }
    let refuse = |detail| Box::new(problem(StatusCode::BAD_REQUEST, detail));
    let resource = event
        .get("resource")
        .and_then(Value::as_str)
        .ok_or_else(|| refuse("A 'resource' property must be defined."))?;
    if cloudevent::is_resource_urn(resource) {
        Ok(resource)
    } else {
        Err(refuse("'Resource' must be a valid urn."))
    }
}

async fn permitted(
    service: &Service,
    caller: &Caller,
    resource: &str,
    event: &Map<String, Value>,
) -> db::Result<bool> {
    if caller.has_scope("altinn:events.publish.admin") {
        return Ok(true);
    }
    let subject = event.get("subject").and_then(Value::as_str);
    service.may(Consumer::of(caller).as_ref(), "publish", resource, subject).await
}
