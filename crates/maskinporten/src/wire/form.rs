//! The form of a token request.

use crate::domain::refusal::{Cause, Refusal, echo};
use http::{HeaderMap, header};

/// The grant type of JWT grants (RFC 7523).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Reads the assertion out of the form (rows 1 and 2). Unknown fields are ignored: some clients send `alg`.
pub fn assertion(headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::new(
            Cause::Request,
            "The content type must be application/x-www-form-urlencoded",
        ));
    }
    let grant_type = field(body, "grant_type")?
        .ok_or_else(|| Refusal::new(Cause::Request, "The parameter grant_type is missing"))?;
    if grant_type != JWT_BEARER {
        return Err(Refusal::new(Cause::GrantType, format!("Unsupported grant_type {}", echo(&grant_type))));
    }
    field(body, "assertion")?
        .ok_or_else(|| Refusal::new(Cause::Parameter, "The parameter assertion is missing"))
}

/// The field's only value; empty counts as absent (RFC 6749 §3.2).
fn field(body: &[u8], name: &str) -> Result<Option<String>, Refusal> {
    let mut values = url::form_urlencoded::parse(body).filter(|(key, _)| key == name);
    let first = values.next().map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty());
    if values.next().is_some() {
        return Err(Refusal::new(Cause::Request, format!("The parameter {name} occurs more than once")));
    }
    Ok(first)
}
