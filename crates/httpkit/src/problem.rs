//! Error bodies in the dialects of the real APIs.

use crate::trace_id;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

/// One problem+json body under construction.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    body: Map<String, Value>,
}

/// One entry of `validationErrors`.
#[derive(Debug, Clone)]
pub struct FieldProblem {
    /// `AUTH.VLD-00002`, `STD.VLD-00000` …
    pub code: String,
    /// The text that belongs to the code.
    pub text: String,
    /// Literal paths: `/registersystemrequest/systemid`, `QUERY/limit` …
    pub paths: Vec<String>,
    /// Extension members.
    pub extensions: Map<String, Value>,
}

impl FieldProblem {
    /// A validation error at `path`.
    pub fn new(code: impl Into<String>, text: impl Into<String>, path: impl Into<String>) -> Self {
        Self { code: code.into(), text: text.into(), paths: vec![path.into()], extensions: Map::new() }
    }
}

impl Problem {
    /// Dialect B (authentication, register, resource registry, notifications …): the text is `title`, `type` names the code.
    pub fn b(status: StatusCode, code: &str, title: &str) -> Self {
        let mut body = Map::new();
        body.insert("type".into(), json!(format!("urn:altinn:error:{code}")));
        body.insert("title".into(), json!(title));
        body.insert("status".into(), json!(status.as_u16()));
        body.insert("code".into(), json!(code));
        body.insert("statusDescription".into(), json!(status.canonical_reason().unwrap_or_default()));
        Self { status, body }.traced()
    }

    /// Dialect A (access management, authorization): the text is `detail`, `type` and `title` are the framework's.
    pub fn a(status: StatusCode, code: &str, detail: &str) -> Self {
        let (kind, title) = framework(status);
        let mut body = Map::new();
        body.insert("type".into(), json!(kind));
        body.insert("title".into(), json!(title));
        body.insert("status".into(), json!(status.as_u16()));
        body.insert("detail".into(), json!(detail));
        body.insert("code".into(), json!(code));
        Self { status, body }
    }

    /// Allting's own endpoints: `type` is a stable word.
    pub fn allting(status: StatusCode, kind: &str, title: &str) -> Self {
        let mut body = Map::new();
        body.insert("type".into(), json!(kind));
        body.insert("title".into(), json!(title));
        body.insert("status".into(), json!(status.as_u16()));
        Self { status, body }.traced()
    }

    /// Adds a member, in place of one with the same name.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.to_owned(), value.into());
        self
    }

    fn traced(mut self) -> Self {
        if let Some(trace) = trace_id() {
            self.body.insert("traceId".into(), json!(trace));
        }
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        problem_json(self.status, &Value::Object(self.body))
    }
}

/// `type` and `title` that the framework gives a bare status.
fn framework(status: StatusCode) -> (String, &'static str) {
    let section = match status.as_u16() {
        400 => "15.5.1",
        401 => "15.5.2",
        403 => "15.5.4",
        404 => "15.5.5",
        409 => "15.5.10",
        422 => "15.5.21",
        _ => "15.6.1",
    };
    let title = match status.as_u16() {
        500 => "An error occurred while processing your request.",
        _ => status.canonical_reason().unwrap_or_default(),
    };
    (format!("https://tools.ietf.org/html/rfc9110#section-{section}"), title)
}

/// Dialect B problem without extensions.
pub fn altinn(status: StatusCode, code: &str, title: &str) -> Response {
    Problem::b(status, code, title).into_response()
}

/// Dialect B validation problem: `STD-00000`, texts as `title`.
pub fn validation(errors: &[FieldProblem]) -> Response {
    Problem::b(StatusCode::BAD_REQUEST, "STD-00000", "One or more validation errors occurred.")
        .with("validationErrors", entries(errors, "title"))
        .into_response()
}

/// Dialect A validation problem: `STD-00000`, texts as `detail`.
pub fn validation_a(errors: &[FieldProblem]) -> Response {
    Problem::a(StatusCode::BAD_REQUEST, "STD-00000", "One or more validation errors occurred.")
        .with("validationErrors", entries(errors, "detail"))
        .into_response()
}

fn entries(errors: &[FieldProblem], text_member: &str) -> Value {
    let entry = |error: &FieldProblem| {
        let mut body = Map::new();
        body.insert("code".into(), json!(error.code));
        body.insert(text_member.into(), json!(error.text));
        body.insert("paths".into(), json!(error.paths));
        body.extend(error.extensions.clone());
        Value::Object(body)
    };
    errors.iter().map(entry).collect()
}

/// The framework's model-binding failure: `errors` maps a field to its messages.
pub fn aspnet(errors: &[(&str, &str)]) -> Response {
    let mut fields: Map<String, Value> = Map::new();
    for (field, message) in errors {
        let messages = fields.entry((*field).to_owned()).or_insert_with(|| json!([]));
        if let Value::Array(messages) = messages {
            messages.push(json!(message));
        }
    }
    let body = json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
        "title": "One or more validation errors occurred.",
        "status": 400,
        "errors": fields,
        "traceId": trace_id(),
    });
    problem_json(StatusCode::BAD_REQUEST, &body)
}

/// What Altinn's API gateway says to a caller who comes too often.
pub fn gateway_limited(seconds: u64) -> Response {
    let status = StatusCode::TOO_MANY_REQUESTS;
    // WIRE: docs/wire/README.md#too-many-requests
    let message = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
    (status, axum::Json(json!({ "statusCode": status.as_u16(), "message": message }))).into_response()
}

/// OAuth's `error` and `error_description`; never stored by a cache.
pub fn oauth(status: StatusCode, error: &str, description: &str) -> Response {
    let body = json!({ "error": error, "error_description": description });
    let mut response = (status, axum::Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Plain text.
pub fn text(status: StatusCode, message: &str) -> Response {
    (status, message.to_owned()).into_response()
}

/// A status without a body.
pub fn empty(status: StatusCode) -> Response {
    status.into_response()
}

/// 501 for what is known but not built; `row` is the heading in `docs/wire`.
pub fn not_implemented(row: &str) -> Response {
    Problem::allting(StatusCode::NOT_IMPLEMENTED, "not-implemented", "This operation is not built yet.")
        .with("documentation", format!("docs/wire/{row}"))
        .into_response()
}

/// An opaque 500; the chain of causes goes to the log, once. What only the database found unfit is the client's 400, and
/// a database that cannot serve now is 503.
pub fn internal(error: &(dyn std::error::Error + 'static)) -> Response {
    let mut chain = error.to_string();
    let mut unavailable = false;
    let mut source = Some(error);
    while let Some(cause) = source {
        let found = cause.downcast_ref::<db::Error>();
        if matches!(found, Some(db::Error::Nul(_))) {
            return aspnet(&[("", "Text may not hold a NUL character.")]);
        }
        unavailable |= found.is_some_and(db::Error::is_unavailable);
        source = cause.source();
    }
    source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    let trace = trace_id().unwrap_or_default();
    tracing::error!(error = chain, trace, "request failed");
    if unavailable {
        let body = json!({
            "type": "https://tools.ietf.org/html/rfc9110#section-15.6.4",
            "title": "Service Unavailable",
            "status": 503,
            "detail": "The service cannot do this now. Try again later.",
            "traceId": trace,
        });
        let mut response = problem_json(StatusCode::SERVICE_UNAVAILABLE, &body);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        return response;
    }
    let body = json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.6.1",
        "title": "An error occurred while processing your request.",
        "status": 500,
        "traceId": trace,
    });
    problem_json(StatusCode::INTERNAL_SERVER_ERROR, &body)
}

/// Any body as `application/problem+json`.
pub fn problem_json(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, body.to_string()).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json; charset=utf-8"));
    response
}
