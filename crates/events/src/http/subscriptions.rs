//! `GET /events/api/v1/subscriptions`, `GET` and `DELETE /events/api/v1/subscriptions/{id}`

use crate::domain::consumer::Consumer;
use crate::service::Service;
use crate::store::subscription::{self, Subscription};
use audit::{Action, Entry};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::problem::empty;
use httpkit::{Caller, internal};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The response object; absent filters are left out.
pub fn wire(subscription: &Subscription) -> Value {
    let mut body = Map::new();
    body.insert("id".into(), json!(subscription.id));
    body.insert("endPoint".into(), json!(subscription.endpoint));
    let filters = [
        ("sourceFilter", &subscription.filter.source),
        ("subjectFilter", &subscription.filter.subject),
        ("typeFilter", &subscription.filter.kind),
    ];
    body.insert("resourceFilter".into(), json!(subscription.resource_filter));
    for (name, value) in filters {
        if let Some(value) = value {
            body.insert(name.into(), json!(value));
        }
    }
    body.insert("consumer".into(), json!(subscription.consumer));
    body.insert("createdBy".into(), json!(subscription.consumer));
    body.insert("created".into(), json!(subscription.created.to_string()));
    body.insert("validated".into(), json!(subscription.validated));
    body.insert("includeSubunits".into(), json!(subscription.filter.include_subunits));
    Value::Object(body)
}

pub async fn list(State(service): State<Arc<Service>>, caller: Caller) -> Response {
    let Some(consumer) = Consumer::of(&caller) else { return empty(StatusCode::UNAUTHORIZED) };
    match subscription::of(&service.ctx.db, &consumer.to_string()).await {
        Ok(own) => {
            let own: Vec<_> = own.iter().map(wire).collect();
            axum::Json(json!({ "count": own.len(), "subscriptions": own })).into_response()
        }
        Err(e) => internal(&e),
    }
}

pub async fn get(State(service): State<Arc<Service>>, Path(id): Path<i64>, caller: Caller) -> Response {
    match own(&service, id, &caller).await {
        Ok(subscription) => axum::Json(wire(&subscription)).into_response(),
        Err(refusal) => *refusal,
    }
}

pub async fn delete(State(service): State<Arc<Service>>, Path(id): Path<i64>, caller: Caller) -> Response {
    let own = match own(&service, id, &caller).await {
        Ok(own) => own,
        Err(refusal) => return *refusal,
    };
    let now = service.ctx.clock.now();
    let deleted = db::write_tx!(service.ctx.db, "events.unsubscribe", |tx| {
        subscription::delete(tx, id).await?;
        let entry = Entry::new(Action::SubscriptionDelete, now, "subscription", id);
        audit::put(tx, &entry.resource(&own.resource_filter)).await
    });
    match deleted {
        Ok(()) => empty(StatusCode::OK),
        Err(e) => internal(&e),
    }
}

/// The subscription, if it is there and the caller's own.
async fn own(service: &Service, id: i64, caller: &Caller) -> Result<Subscription, Box<Response>> {
    let found = subscription::get(&service.ctx.db, id).await.map_err(|e| Box::new(internal(&e)))?;
    let found = found.ok_or_else(|| Box::new(empty(StatusCode::NOT_FOUND)))?;
    let is_owner = Consumer::of(caller).is_some_and(|consumer| consumer.to_string() == found.consumer);
    if is_owner { Ok(found) } else { Err(Box::new(empty(StatusCode::FORBIDDEN))) }
}
