//! Who may write a resource, and the forms of refusal that the writing operations share.

use crate::domain::document::Document;
use crate::domain::validation::FieldError;
use crate::service::{WriteError, Writer};
use axum::response::Response;
use http::StatusCode;
use httpkit::{Caller, problem};
use serde_json::{Value, json};

const ADMIN: &str = "altinn:resourceregistry/resource.admin";

/// The caller as a writer.
pub fn writer(caller: &Caller) -> Writer {
    Writer { org_no: caller.org_no().unwrap_or_default().to_owned(), admin: caller.has_scope(ADMIN) }
}

/// Reads and validates a document; the error is the answer.
pub fn read(body: &Value, new: bool) -> Result<Document, Box<Response>> {
    let document =
        Document::read(body).map_err(|(path, reason)| Box::new(problem::aspnet(&[(&path, &reason)])))?;
    let errors = crate::domain::validation::validate(&document, new);
    if errors.is_empty() { Ok(document) } else { Err(Box::new(invalid(&errors))) }
}

fn invalid(errors: &[FieldError]) -> Response {
    let pairs: Vec<(&str, &str)> = errors.iter().map(|(field, message)| (*field, message.as_str())).collect();
    problem::aspnet(&pairs)
}

/// The document's owner must be the caller, and Maskinporten scopes must have a prefix that the caller's token holds.
pub fn check_owner(document: &Document, caller: &Caller, writer: &Writer) -> Result<(), Box<Response>> {
    if !writer.owns(document.authority("organization")) {
        return Err(Box::new(problem::empty(StatusCode::FORBIDDEN)));
    }
    let foreign = foreign_scopes(document, caller);
    if writer.admin || foreign.is_empty() {
        return Ok(());
    }
    // WIRE: a scope with a foreign prefix is 401, not 403 (resource-registry.md §2).
    let body = json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.2",
        "title": "Unauthorized",
        "status": 401,
        "errors": { "InvalidPrefix": foreign },
        "traceId": httpkit::trace_id(),
    });
    Err(Box::new(problem::problem_json(StatusCode::UNAUTHORIZED, &body)))
}

fn foreign_scopes<'a>(document: &'a Document, caller: &Caller) -> Vec<&'a str> {
    let prefixes: Vec<&str> = match caller.claims.get("consumer_prefix") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let has = |scope: &&str| scope.split_once(':').is_some_and(|(prefix, _)| prefixes.contains(&prefix));
    document.references("MaskinportenScope").filter(|scope| !has(scope)).collect()
}

/// The answer to a write that could not be made.
pub fn refused(error: &WriteError) -> Response {
    match error {
        WriteError::Exists => problem::text(StatusCode::CONFLICT, "The Resource already exists"),
        WriteError::Missing => problem::empty(StatusCode::NOT_FOUND),
        WriteError::NotOwner => problem::empty(StatusCode::FORBIDDEN),
        WriteError::Policy(reason) => {
            problem::text(StatusCode::BAD_REQUEST, &format!("Invalid policy: {reason}"))
        }
        WriteError::Db(error) => httpkit::internal(error),
    }
}
