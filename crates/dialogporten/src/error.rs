//! Refusals and their form on the wire.

use crate::domain::change::Refused;
use crate::domain::rules::Errors;
use crate::time;
use crate::wire::reader::JsonError;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Why a request is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule is broken.
    #[error("invalid input")]
    Invalid(Errors),
    /// The body cannot be read.
    #[error("unreadable body: {}", .0.message)]
    Json(JsonError),
    /// A rule between the input and what is stored is broken.
    #[error("unprocessable")]
    Domain(Errors),
    /// Not allowed.
    #[error("forbidden: {0}")]
    Forbidden(String),
    /// The login is weaker than the policy asks for.
    #[error("level {0} is asked for")]
    Level(u8),
    /// Not allowed, and no reason is given.
    #[error("forbidden")]
    ForbiddenEmpty,
    /// The kind of user does not fit; allowed kinds.
    #[error("wrong kind of user")]
    UserType(&'static str),
    /// `enduserid` is not a person.
    #[error("bad end user id")]
    EndUserId,
    /// No such thing.
    #[error("{0} not found")]
    NotFound(&'static str, String),
    /// Not to be seen yet.
    #[error("not visible yet")]
    NotVisible(Timestamp),
    /// Not to be seen any more.
    #[error("expired")]
    Expired(Timestamp),
    /// Deleted.
    #[error("deleted")]
    Gone(Uuid),
    /// Clashes with what is there.
    #[error("conflict: {1}")]
    Conflict(&'static str, String),
    /// `If-Match` names another revision.
    #[error("precondition failed")]
    Precondition,
    /// A body over the limit.
    #[error("payload too large")]
    TooLarge,
    /// `Accept` excludes JSON.
    #[error("not acceptable")]
    NotAcceptable,
    /// A body of this media type is not read.
    #[error("unsupported media type")]
    MediaType,
    /// A patch that cannot be applied.
    #[error("patch: {0}")]
    Patch(String),
    /// A patch document that cannot be read.
    #[error("patch document: {0}")]
    PatchDocument(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// A dialog token could not be signed.
    #[error("signing: {0}")]
    Signing(String),
}

impl db::MaybeRetry for Error {
    fn db_error(&self) -> Option<&db::Error> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Domain(errors) => Self::Domain(errors),
            Refused::Invalid(errors) => Self::Invalid(errors),
            Refused::DuplicateKey(keys) => Self::Conflict(
                "IdempotentKey",
                format!(
                    "Duplicate IdempotentKey detected in dialog transmissions. Conflicting keys: '{keys}'."
                ),
            ),
        }
    }
}

impl Error {
    /// No dialog with this id, or none that the caller may know of.
    pub fn no_dialog(id: Uuid) -> Self {
        Self::NotFound("DialogEntity", id.to_string())
    }

    /// A lost race.
    pub fn race() -> Self {
        Self::Conflict("", "The request conflicted with a concurrent operation. Please try again.".to_owned())
    }

    /// A parameter that cannot be read.
    pub fn parameter(name: &str, message: impl Into<String>) -> Self {
        Self::Invalid(Errors::one(name, message))
    }

    /// The answer. `instance` is the request's path.
    pub fn respond(self, instance: &str) -> Response {
        let problem = |status, title, kind, errors| problem(instance, status, title, kind, errors);
        let one = |key: &str, message: String| Some(json!({ key: [message] }));
        match self {
            Self::Invalid(errors) => invalid(instance, &errors),
            Self::Json(JsonError { path, message }) => invalid(instance, &Errors::one(path, message)),
            Self::Domain(errors) => {
                problem(422, "Unprocessable request.", "rfc4918#section-11.2", Some(members(&errors)))
            }
            Self::Forbidden(reason) => {
                problem(403, "Forbidden.", "rfc7231#section-6.5.3", one("Forbidden", reason))
            }
            Self::Level(_) => {
                Self::Forbidden("Altinn authentication level too low.".to_owned()).respond(instance)
            }
            Self::ForbiddenEmpty => StatusCode::FORBIDDEN.into_response(),
            Self::UserType(allowed) => plain_json(problem(
                403,
                "Forbidden.",
                "rfc7231#section-6.5.3",
                one(
                    "Type",
                    format!(
                        "The request was authenticated, but we were unable to determine valid user type in order to authorize the request. Valid user types for this endpoint are: {allowed}"
                    ),
                ),
            )),
            Self::EndUserId => plain_json(invalid(
                instance,
                &Errors::one(
                    "EndUserId",
                    "EndUserId must be a valid end user identifier. It must match the format 'urn:altinn:person:identifier-no:{norwegian f-nr/d-nr}'.",
                ),
            )),
            Self::NotFound(entity, ids) => {
                let text = format!("Entity '{entity}' with the following key(s) was not found: ({ids}).");
                problem(404, "Resource not found.", "rfc7231#section-6.5.4", one(entity, text))
            }
            Self::NotVisible(at) => {
                let text = format!("Dialog is not visible until {}", time::plain(at));
                let mut response =
                    problem(404, "Resource not found.", "rfc7231#section-6.5.4", one("DialogEntity", text));
                if let Ok(date) = HeaderValue::from_str(&time::http_date(at)) {
                    response.headers_mut().insert(header::EXPIRES, date);
                }
                response
            }
            Self::Expired(at) => {
                let text = format!("Dialog expired at {}", time::plain(at));
                problem(404, "Resource not found.", "rfc7231#section-6.5.4", one("DialogEntity", text))
            }
            Self::Gone(id) => {
                let text = format!("Entity 'DialogEntity' with the following key(s) is removed: ({id}).");
                problem(
                    410,
                    "Resource no longer available.",
                    "rfc7231#section-6.5.9",
                    one("DialogEntity", text),
                )
            }
            Self::Conflict(key, text) => problem(409, "Conflict.", "rfc7231#section-6.5.8", one(key, text)),
            Self::Precondition => problem(412, "Precondition failed.", "rfc7232#section-4.2", None),
            Self::TooLarge => {
                let title = "Payload too large. The maximum allowed size is 20000000 bytes.";
                plain_json(problem(413, title, "rfc7231#section-6.5.11", None))
            }
            Self::NotAcceptable => problem(
                406,
                "Requested content type is not acceptable.",
                "rfc7231#section-6.5.6",
                one("Accept", "The Accept header must allow JSON responses.".to_owned()),
            ),
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response(),
            Self::Patch(reason) => {
                let body = json!({ "UpdateDialogDto": [reason] });
                (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
            }
            Self::PatchDocument(reason) => httpkit::problem::aspnet(&[("", &reason)]),
            error @ (Self::Db(_) | Self::Signing(_)) => httpkit::internal(&error),
        }
    }
}

fn invalid(instance: &str, errors: &Errors) -> Response {
    let title = "One or more validation errors occurred.";
    problem(instance, 400, title, "rfc7231#section-6.5.1", Some(members(errors)))
}

fn members(errors: &Errors) -> Value {
    errors.iter().map(|(path, messages)| (path.to_owned(), json!(messages))).collect::<Map<_, _>>().into()
}

fn problem(instance: &str, status: u16, title: &str, section: &str, errors: Option<Value>) -> Response {
    let mut body = json!({
        "type": format!("https://datatracker.ietf.org/doc/html/{section}"),
        "title": title,
        "status": status,
        "instance": instance,
    });
    if let Some(trace) = httpkit::trace_id() {
        body["traceId"] = trace.into();
    }
    if status == 406 {
        body["detail"] = "The Accept header must allow JSON responses.".into();
    }
    if let Some(errors) = errors {
        body["errors"] = errors;
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    httpkit::problem::problem_json(status, &body)
}

/// WIRE: dialogporten §3, refusals written before the endpoint are plain JSON.
fn plain_json(mut response: Response) -> Response {
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Refusals of the guard: empty bodies, 401 with a challenge.
pub fn refusal(refusal: httpkit::Refusal) -> Response {
    match refusal {
        httpkit::Refusal::Unauthenticated(reason) => {
            // WIRE: dialogporten §2, a token that was sent and is not valid is said to be so.
            let challenge = if reason == "no token" { "Bearer" } else { "Bearer error=\"invalid_token\"" };
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
        }
        httpkit::Refusal::Forbidden(_) | httpkit::Refusal::Csrf => StatusCode::FORBIDDEN.into_response(),
        httpkit::Refusal::Limited(seconds) => httpkit::problem::gateway_limited(seconds),
        // WIRE: dialogporten §1, maintenance.
        httpkit::Refusal::Broken(StatusCode::SERVICE_UNAVAILABLE) => {
            httpkit::problem::text(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        }
        httpkit::Refusal::Broken(status) => {
            let body = serde_json::json!({"title": status.canonical_reason(), "status": status.as_u16()});
            httpkit::problem::problem_json(status, &body)
        }
    }
}
