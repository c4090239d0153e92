//! Errors of access management: dialect A (authorization §13) with the texts that belong to the codes.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::problem::{self, FieldProblem, Problem};
use serde_json::Value;

/// An answer other than the one asked for: a refusal, bad input or a fault of ours.
#[derive(Debug)]
pub struct Failure(Box<Response>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl From<Response> for Failure {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        httpkit::internal(&error).into()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        problem.into_response().into()
    }
}

/// Result of a handler.
pub type Answer<T = Response> = Result<T, Failure>;

/// A bare status: refusals by token, scope or PDP have no body.
pub fn bare(status: StatusCode) -> Failure {
    problem::empty(status).into()
}

/// A business problem of this API.
pub fn am(code: &str) -> Failure {
    problem_of(code).into()
}

/// A business problem with the value that it is about.
pub fn am_with(code: &str, member: &str, value: &str) -> Failure {
    problem_of(code).with(member, value).into()
}

/// `AM-00026`. WIRE: no framework defaults exist for 429, so the body has neither type nor title (authorization §13).
pub fn too_many_lookups() -> Failure {
    let body = serde_json::json!({
        "status": 429, "detail": "There has been too many failed lookups", "code": "AM-00026",
    });
    problem::problem_json(StatusCode::TOO_MANY_REQUESTS, &body).into()
}

fn problem_of(code: &str) -> Problem {
    let text = match code {
        "AM-00022" => {
            "Operation can not be completed, because it requires an existing connection between the parties."
        }
        "AM-00027" => "The resource is invalid",
        "AM-00041" => {
            "One or more of the provided packages are either invalid or not eligible for delegation by the type of \
             from-party of the delegation."
        }
        _ => "",
    };
    Problem::a(StatusCode::BAD_REQUEST, code, text)
}

/// One validation error.
pub fn invalid(code: &str, paths: &[&str], extensions: &[(&str, Value)]) -> Failure {
    let text = match code {
        "AM.VLD-00006" => "Entity do not exists.",
        "AM.VLD-00007" | "AM.VLD-00009" => "One or more query parameters are invalid.",
        "AM.VLD-00008" => "This entity type is not allowed here.",
        "AM.VLD-00010" => "Assignment is active in one or more connections.",
        "AM.VLD-00011" => "Package do not exists.",
        "AM.VLD-00026" => "User not authorized for operation.",
        "AM.VLD-00028" => "One or more packages is not assignable to receipient.",
        "AM.VLD-00034" => "Given external identifiers yielded empty result.",
        "AM.VLD-00048" => "One or more packages is not assignable.",
        "STD.VLD-00000" => "The field is required.",
        _ => "",
    };
    let mut error = FieldProblem::new(code, text, "");
    error.paths = paths.iter().map(|path| (*path).to_owned()).collect();
    error.extensions.extend(extensions.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    problem::validation_a(&[error]).into()
}

/// The framework's answer to a parameter that cannot be bound.
pub fn unbound(field: &str, message: &str) -> Failure {
    problem::aspnet(&[(field, message)]).into()
}

/// A known path segment that names nothing.
pub fn not_found() -> Failure {
    let body = serde_json::json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.5", "title": "Not Found", "status": 404,
    });
    problem::problem_json(StatusCode::NOT_FOUND, &body).into()
}
