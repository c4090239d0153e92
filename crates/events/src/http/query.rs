//! `GET /events/api/v1/events`

use crate::domain::consumer::Consumer;
use crate::http::problem;
use crate::service::Service;
use crate::store::event::{self, Stored};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use httpkit::{Caller, Origin, internal};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Events of one answer, when the client asks for none or for more than the cap.
const DEFAULT_SIZE: usize = 50;
const MAX_SIZE: usize = 1000;
/// Rows read at a time while looking for events that fit.
const CHUNK: usize = 500;
/// Rows read at the most, so that a rare type cannot make a request endless; the client goes on from `next`.
const MAX_ROWS: usize = 10_000;

/// What the client asks for. Unknown parameters do not filter, but stand in `next` again.
struct Ask {
    resource: String,
    after: String,
    subject: Option<String>,
    alternative: Option<String>,
    types: Vec<String>,
    size: usize,
}

pub async fn handle(
    State(service): State<Arc<Service>>,
    caller: Caller,
    origin: Origin,
    headers: HeaderMap,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Response {
    let ask = match read(&parameters, &headers) {
        Ok(ask) => ask,
        Err(response) => return *response,
    };
    let Some(consumer) = Consumer::of(&caller) else { return httpkit::problem::empty(StatusCode::FORBIDDEN) };
    match collect(&service, &consumer, &ask).await {
        Ok((events, last)) => answer(&ask, &events, last.as_deref(), &origin, &parameters),
        Err(e) => internal(&e),
    }
}

fn read(parameters: &[(String, String)], headers: &HeaderMap) -> Result<Ask, Box<Response>> {
    let one = |name: &str| {
        parameters.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    };
    let refuse = |detail: &str| Box::new(problem(StatusCode::BAD_REQUEST, detail));
    let Some(resource) = one("resource").filter(|value| !value.is_empty()) else {
        return Err(Box::new(httpkit::problem::aspnet(&[("resource", "The resource field is required.")])));
    };
    if !resource.starts_with("urn:altinn:resource:") {
        return Err(refuse("The 'resource' parameter must begin with `urn:altinn:resource:`"));
    }
    let after = one("after")
        .filter(|value| !value.is_empty())
        .ok_or_else(|| refuse("The 'after' parameter must be defined."))?;
    let subject = one("subject").filter(|value| !value.is_empty());
    let alternative =
        headers.get("Altinn-AlternativeSubject").and_then(|v| v.to_str().ok()).map(str::to_owned);
    if subject.is_some() && alternative.is_some() {
        return Err(refuse("Only one of 'subject' or 'alternativeSubject' can be defined."));
    }
    let types =
        parameters.iter().filter(|(n, _)| n.eq_ignore_ascii_case("type")).map(|(_, v)| v.clone()).collect();
    let size = match one("size").map(|text| text.parse::<i64>()) {
        None => DEFAULT_SIZE,
        Some(Err(_)) => {
            return Err(Box::new(httpkit::problem::aspnet(&[("size", "The value is not valid for size.")])));
        }
        Some(Ok(size)) => usize::try_from(size)
            .ok()
            .filter(|size| *size > 0)
            .map_or(DEFAULT_SIZE, |size| size.min(MAX_SIZE)),
    };
    Ok(Ask { resource, after, subject, alternative, types, size })
}

/// Events that fit and that the consumer may have, and the id to go on after.
async fn collect(
    service: &Service,
    consumer: &Consumer,
    ask: &Ask,
) -> db::Result<(Vec<Stored>, Option<String>)> {
    let mut position = event::position(&service.ctx.db, &ask.after).await?;
    let mut rights: HashMap<Option<String>, bool> = HashMap::new();
    let (mut events, mut last, mut read) = (vec![], None, 0);
    while events.len() < ask.size && read < MAX_ROWS {
        let page = event::page(&service.ctx.db, &ask.resource, position, CHUNK).await?;
        let complete = page.len() < CHUNK;
        read += page.len();
        for stored in page {
            position = stored.sequence.unwrap_or(position);
            last = stored.text("id").map(str::to_owned);
            let subject = stored.text("subject").map(str::to_owned);
            if !fits(&stored, ask) {
                continue;
            }
            let allowed = if let Some(allowed) = rights.get(&subject) {
                *allowed
            } else {
                let allowed =
                    service.may(Some(consumer), "subscribe", &ask.resource, subject.as_deref()).await?;
                rights.insert(subject, allowed);
                allowed
            };
            if allowed {
                events.push(stored);
                if events.len() == ask.size {
                    break;
                }
            }
        }
        if complete {
            break;
        }
    }
    Ok((events, last))
}

fn fits(stored: &Stored, ask: &Ask) -> bool {
    let same = |wanted: &Option<String>, name: &str| {
        wanted.as_deref().is_none_or(|wanted| stored.text(name) == Some(wanted))
    };
    let kind = stored.text("type").unwrap_or_default();
    same(&ask.subject, "subject")
        && same(&ask.alternative, "alternativesubject")
        && (ask.types.is_empty() || ask.types.iter().any(|pattern| like(pattern, kind)))
}

/// SQL's LIKE with `%`, case-sensitive. Grows with pattern times text.
fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('%');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<_> = parts.collect();
    let Some((end, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(end)
}

fn answer(
    ask: &Ask,
    events: &[Stored],
    last: Option<&str>,
    origin: &Origin,
    parameters: &[(String, String)],
) -> Response {
    let bodies: Vec<Value> = events.iter().map(|stored| Value::Object(stored.body.clone())).collect();
    let mut response = axum::Json(bodies).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/cloudevents+json; charset=utf-8"),
    );
    if let Some(last) = last {
        let mut next = url::form_urlencoded::Serializer::new(String::new());
        next.append_pair("after", last);
        for (name, value) in parameters.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("after")) {
            next.append_pair(name, value);
        }
        // WIRE: the header does not stand in `next`; clients follow it with the first event's subject (events §5.3).
        if ask.alternative.is_some()
            && let Some(subject) = events.first().and_then(|event| event.text("subject"))
        {
            next.append_pair("subject", subject);
        }
        let next = origin.url(&format!("/events/api/v1/events?{}", next.finish()));
        if let Ok(next) = HeaderValue::from_str(&next) {
            headers.insert("next", next);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn percent_stands_for_any_text_and_case_counts() {
        assert!(like("dialogporten.dialog.%", "dialogporten.dialog.created.v1"));
        assert!(like("%created%", "dialogporten.dialog.created.v1"));
        assert!(like("a%b%c", "a--b--c") && like("x", "x"));
        assert!(!like("Dialogporten.%", "dialogporten.dialog.created.v1"));
        assert!(!like("created", "dialogporten.dialog.created.v1"));
        assert!(!like("a%ba", "aba-x"));
    }
}
