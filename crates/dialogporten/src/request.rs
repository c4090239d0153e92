//! What every operation reads from its request.

use crate::domain::language::Preference;
use crate::error::Error;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use httpkit::Caller;
use serde_json::Value;
use std::convert::Infallible;
use uuid::Uuid;

/// A request without its body.
#[derive(Debug)]
pub struct Req {
    /// Path as the client wrote it.
    pub path: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Query, names in lower case.
    pub query: Vec<(String, String)>,
    caller: Option<Caller>,
    params: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequestParts<S> for Req {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let params = RawPathParams::from_request_parts(parts, state).await.ok();
        let params = params.iter().flatten().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let path = parts
            .extensions
            .get::<axum::extract::OriginalUri>()
            .map_or_else(|| parts.uri.path().to_owned(), |original| original.0.path().to_owned());
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .map(|(name, value)| (name.to_lowercase(), value.into_owned()))
            .collect();
        let caller = parts.extensions.get::<Caller>().cloned();
        Ok(Self { path, headers: parts.headers.clone(), query, caller, params })
    }
}

/// A whole body; one that is too large is refused in this API's own words.
#[derive(Debug)]
pub struct Payload(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Payload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let path = request.uri().path().to_owned();
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| {
            let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            if too_large { Error::TooLarge.respond(&path) } else { rejection.into_response() }
        })
    }
}

/// A positive answer.
#[derive(Debug)]
pub enum Answer {
    /// 200 with a body and, for a dialog, its revision.
    Body(Value, Option<Uuid>),
    /// 201: relative path, id, revision.
    Created(String, Uuid, Uuid),
    /// 204, with the new revision where there is one.
    Done(Option<Uuid>),
    /// 200 with a body that may be kept for a day.
    Public(Value),
}

impl Req {
    /// The verified caller; the route has made sure that there is one.
    pub fn caller(&self) -> Result<&Caller, Error> {
        self.caller.as_ref().ok_or(Error::ForbiddenEmpty)
    }

    /// Text of a path parameter.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default()
    }

    /// Id of a path parameter.
    pub fn id(&self, name: &str) -> Result<Uuid, Error> {
        let text = self.param(name);
        Uuid::try_parse(text)
            .map_err(|_| Error::parameter(name, format!("The value '{text}' is not valid for '{name}'.")))
    }

    /// First value of a query parameter, by its name in lower case; empty counts as absent.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// All values of a query parameter.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str()).collect()
    }

    /// `isSilentUpdate`.
    pub fn silent(&self) -> bool {
        self.first("issilentupdate").is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }

    /// Languages that the reader prefers.
    pub fn languages(&self) -> Result<Preference, Error> {
        let Some(header) = self.headers.get(header::ACCEPT_LANGUAGE) else {
            return Ok(Preference::default());
        };
        let text =
            header.to_str().map_err(|_| Error::parameter("Accept-Language", "The header is not text."))?;
        Preference::parse(text).map_err(|reason| Error::parameter("Accept-Language", reason))
    }

    /// Refuses when `If-Match` names another revision.
    pub fn if_match(&self, revision: Uuid) -> Result<(), Error> {
        match httpkit::if_match(&self.headers) {
            Some(tags)
                if !tags.iter().any(|t| t == "*" || Uuid::try_parse(t).is_ok_and(|t| t == revision)) =>
            {
                Err(Error::Precondition)
            }
            _ => Ok(()),
        }
    }

    /// Refuses a client that does not take JSON.
    pub fn accepts_json(&self) -> Result<(), Error> {
        let Some(accept) = self.headers.get(header::ACCEPT).and_then(|a| a.to_str().ok()) else {
            return Ok(());
        };
        let fits = |range: &str| {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
            let refused = parts.any(|p| matches!(p.strip_prefix("q="), Some(q) if q.parse() == Ok(0.0)));
            let json = matches!(kind.as_str(), "*/*" | "application/*" | "application/json")
                || kind.ends_with("+json");
            !refused && (json || !kind.contains('/'))
        };
        if accept.trim().is_empty() || accept.split(',').any(fits) {
            Ok(())
        } else {
            Err(Error::NotAcceptable)
        }
    }

    /// The response.
    pub fn answer(&self, outcome: Result<Answer, Error>) -> Response {
        // WIRE: dialogporten §1, `Etag` carries the bare uuid without quotes.
        let tagged = |mut response: Response, revision: Option<Uuid>| {
            if let Some(tag) = revision.and_then(|r| HeaderValue::from_str(&r.to_string()).ok()) {
                response.headers_mut().insert(header::ETAG, tag);
            }
            response
        };
        match outcome {
            Ok(Answer::Body(body, revision)) => tagged(axum::Json(body).into_response(), revision),
            Ok(Answer::Created(location, id, revision)) => {
                let body = (StatusCode::CREATED, [(header::LOCATION, location)], axum::Json(id.to_string()));
                tagged(body.into_response(), Some(revision))
            }
            Ok(Answer::Done(revision)) => tagged(StatusCode::NO_CONTENT.into_response(), revision),
            Ok(Answer::Public(body)) => {
                let keep =
                    [(header::CACHE_CONTROL, "public, max-age=86400"), (header::VARY, "Accept-Encoding")];
                (keep, axum::Json(body)).into_response()
            }
            Err(error) => error.respond(&self.path),
        }
    }
}
