//! How refusals look on the wire, and the reading of paths.

use crate::systemuser::domain::Problem;
use crate::systemuser::service::{Error, Vendor};
use crate::systemuser::wire;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use httpkit::{Caller, problem};
use std::str::FromStr;

/// What a handler gives.
pub(super) type Answer = Result<Response, Error>;

fn status_of(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => wire::problem(&problem),
            Self::Invalid(faults) => wire::validation(&faults),
            Self::Empty(status) => problem::empty(status_of(status)),
            Self::Text { status, text } => problem::text(status_of(status), &text),
            Self::Binding { field, reason } => problem::aspnet(&[(&field, &reason)]),
            Self::Db(error) => problem::internal(&error),
        }
    }
}

/// The answer where refusals may be bare texts: those follow the client's `Accept` (identity §0.3).
pub(super) fn negotiated(headers: &HeaderMap, answer: Answer) -> Response {
    match answer {
        Err(Error::Text { status, text }) => httpkit::negotiated_string(headers, status_of(status), &text),
        answer => answer.into_response(),
    }
}

/// A refusal in the words of the portal's back end (identity §4.12).
pub(super) fn portal(error: Error) -> Response {
    match error {
        Error::Problem(problem) => match problem.portal_code() {
            Some(code) => wire::coded(&problem, &code),
            None => {
                problem::altinn(StatusCode::BAD_REQUEST, "AMUI-00005", "The request could not be carried out")
            }
        },
        Error::Empty(status) | Error::Text { status, .. } => {
            problem::altinn(status_of(status), "AMUI-00999", "The request was refused")
        }
        error => error.into_response(),
    }
}

/// A value of the path or query; the framework's 400 when it cannot be read.
pub(super) fn value<T: FromStr>(name: &str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::Binding {
        field: name.to_owned(),
        reason: format!("The value '{}' is not valid.", text.chars().take(100).collect::<String>()),
    })
}

/// A query value that must be there.
pub(super) fn required(name: &str, text: Option<String>) -> Result<String, Error> {
    text.filter(|text| !text.is_empty()).ok_or_else(|| Error::Binding {
        field: name.to_owned(),
        reason: format!("The {name} field is required."),
    })
}

/// The vendor of the system register: 403 when the token names none.
pub(super) fn registrant(caller: &Caller) -> Result<Vendor, Error> {
    Vendor::of(caller).ok_or(Error::FORBIDDEN)
}

/// The vendor of a read: an empty 401 when the token names none.
pub(super) fn reader(caller: &Caller) -> Result<Vendor, Error> {
    Vendor::of(caller).ok_or(Error::UNAUTHORIZED)
}

/// The vendor of a write: AUTH-00023 when the token names none.
pub(super) fn writer(caller: &Caller) -> Result<Vendor, Error> {
    Vendor::of(caller).ok_or(Error::Problem(Problem::VENDOR_MISSING))
}
