//! `POST /events/api/v1/subscriptions`

use crate::domain::cloudevent::is_resource_urn;
use crate::domain::consumer::Consumer;
use crate::domain::filter::Filter;
use crate::http::json_text;
use crate::http::subscriptions::wire;
use crate::jobs::validate::CREATED;
use crate::service::{Service, party_ref};
use crate::store::subscription::{self, Subscription};
use audit::{Action, Entry};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use httpkit::problem::empty;
use httpkit::{Caller, Json, internal};
use jobs::Message;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use url::Url;

/// The request; unknown members are ignored, since suites send a stray `consumer`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    end_point: Option<String>,
    source_filter: Option<String>,
    resource_filter: Option<String>,
    subject_filter: Option<String>,
    alternative_subject_filter: Option<String>,
    type_filter: Option<String>,
    #[serde(default)]
    include_subunits: bool,
}

pub async fn handle(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Json(request): Json<Request>,
) -> Response {
    let wanted = match check(&service, &caller, request) {
        Ok(wanted) => wanted,
        Err(refusal) => return *refusal,
    };
    match permitted(&service, &wanted).await {
        Ok(true) => {}
        Ok(false) => {
            let text =
                format!("Not authorized to create a subscription for resource {}.", wanted.resource_filter);
            return json_text(StatusCode::FORBIDDEN, &text);
        }
        Err(e) => return internal(&e),
    }
    let attempt = service.ctx.ids.uuid();
    let stored = db::write_tx!(service.ctx.db, "events.subscribe", |tx| {
        let id = subscription::insert_or_same(tx, &wanted).await?;
        let message = Message {
            topic: CREATED,
            // Not the subscription: a new attempt does not wait for an older one's next try.
            key: attempt.to_string(),
            payload: json!({ "subscription": id }),
            available_at: None,
        };
        service.ctx.outbox.put(tx, message).await?;
        let entry = Entry::new(Action::SubscriptionCreate, wanted.created, "subscription", id);
        audit::put(tx, &entry.resource(&wanted.resource_filter)).await?;
        Ok::<_, db::Error>(id)
    });
    let kept = match stored {
        Ok(id) => subscription::get(&service.ctx.db, id).await,
        Err(e) => Err(e),
    };
    match kept {
        Ok(Some(kept)) => {
            let mut response = (StatusCode::CREATED, axum::Json(wire(&kept))).into_response();
            // WIRE: singular, unlike the resource's own path (events §2).
            if let Ok(location) = HeaderValue::from_str(&format!("/events/api/v1/subscription/{}", kept.id)) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            response
        }
        Ok(None) => empty(StatusCode::NOT_FOUND),
        Err(e) => internal(&e),
    }
}

/// The checks of events §6.1, in their order.
fn check(service: &Service, caller: &Caller, request: Request) -> Result<Subscription, Box<Response>> {
    let refuse = |text: &str| Box::new(json_text(StatusCode::BAD_REQUEST, text));
    let set = |text: Option<String>| text.filter(|text| !text.is_empty());
    let endpoint = set(request.end_point).and_then(|text| Url::parse(&text).ok());
    let endpoint = endpoint
        .filter(|url| service.ctx.http.check(url).is_ok())
        .ok_or_else(|| refuse("Missing or invalid endpoint to push events towards"))?;
    let source = set(request.source_filter);
    if source.as_ref().is_some_and(|text| Url::parse(text).ok().is_none_or(|url| url.scheme() != "https")) {
        return Err(refuse("SourceFilter must be an absolute URL with the https scheme."));
    }
    let resource = set(request.resource_filter);
    let of_app = |r: &str| r.to_lowercase().starts_with("urn:altinn:resource:app_");
    if resource.as_deref().is_some_and(of_app) || source.as_deref().is_some_and(is_app_address) {
        return Err(Box::new(httpkit::problem::not_implemented("events.md#app-subscriptions")));
    }
    if !caller.has_scope("altinn:events.subscribe") {
        return Err(Box::new(empty(StatusCode::FORBIDDEN)));
    }
    let resource = resource.map(|text| text.to_lowercase());
    if resource.as_deref().is_some_and(|text| !is_resource_urn(text)) {
        return Err(refuse("Resource filter must be a valid urn"));
    }
    let resource = resource.ok_or_else(|| refuse("Resource filter is required."))?;
    if source.is_some() {
        return Err(refuse("Source filter is not supported for subscriptions on this resource."));
    }
    if set(request.alternative_subject_filter).is_some() {
        return Err(refuse("AlternativeSubject filter is not supported for subscriptions on this resource."));
    }
    let subject = set(request.subject_filter);
    if request.include_subunits && subject.is_none() {
        return Err(refuse("IncludeSubunits requires a subject filter."));
    }
    let consumer = Consumer::of(caller).ok_or_else(|| refuse("Missing event consumer"))?;
    Ok(Subscription {
        id: 0,
        endpoint: endpoint.to_string(),
        resource_filter: resource,
        filter: Filter {
            source,
            subject,
            kind: set(request.type_filter),
            include_subunits: request.include_subunits,
        },
        consumer: consumer.to_string(),
        created: service.ctx.clock.now(),
        validated: false,
    })
}

/// Apps live at `{org}.apps.{domain}` (events §3).
fn is_app_address(source: &str) -> bool {
    let url = Url::parse(source).ok();
    url.as_ref().and_then(Url::host_str).is_some_and(|host| host.split('.').any(|label| label == "apps"))
}

/// A subscription for one party is decided for that party. Without a party it gets, event by event, only what its consumer may have.
async fn permitted(service: &Service, wanted: &Subscription) -> db::Result<bool> {
    let subject = wanted.filter.subject.as_deref();
    if subject.and_then(party_ref).is_none() {
        return Ok(true);
    }
    let consumer = Consumer::parse(&wanted.consumer);
    service.may(consumer.as_ref(), "subscribe", &wanted.resource_filter, subject).await
}
