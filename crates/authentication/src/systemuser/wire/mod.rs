//! Bodies exactly as on the wire.

pub(super) mod body;
pub(super) mod page;
pub(super) mod portal;
pub(super) mod register;
pub(super) mod request;
pub(super) mod user;

use super::domain::Problem;
use super::domain::register::Fault;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::problem::{self, FieldProblem};

/// A problem with its own code.
pub(super) fn problem(problem: &Problem) -> Response {
    coded(problem, &problem.code())
}

/// A problem under another code, for the portal's back end.
pub(super) fn coded(problem: &Problem, code: &str) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut body = problem::Problem::b(status, code, problem.title());
    for (name, value) in &problem.extensions {
        body = body.with(name, value.as_str());
    }
    body.into_response()
}

/// All faults of a body in one answer.
pub(super) fn validation(faults: &[Fault]) -> Response {
    let entries: Vec<FieldProblem> = faults
        .iter()
        .map(|fault| {
            let mut entry = FieldProblem::new(fault.code(), fault.title, fault.path);
            if let Some((key, value)) = &fault.extension {
                entry.extensions.insert((*key).to_owned(), value.as_str().into());
            }
            entry
        })
        .collect();
    problem::validation(&entries)
}
