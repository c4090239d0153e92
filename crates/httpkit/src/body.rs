//! JSON request bodies with a bound on depth; size is bounded by the route's limit.

use crate::problem;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};
use serde::de::DeserializeOwned;

/// Deepest nesting of arrays and objects that a body may have.
const MAX_DEPTH: usize = 64;

/// A JSON body, read strictly: right content type, valid UTF-8, nesting at most 64, all required members there.
/// What does not fit gets the framework's 400 with the path of the member.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<S: Sync + Send, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let is_json =
            request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|kind| {
                let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
                essence == "application/json"
                    || essence == "text/json"
                    || (essence.starts_with("application/") && essence.ends_with("+json"))
            });
        if !is_json {
            return Err(problem::problem_json(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                &serde_json::json!({
                    "type": "https://tools.ietf.org/html/rfc9110#section-15.5.16",
                    "title": "Unsupported Media Type", "status": 415, "traceId": crate::trace_id(),
                }),
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        json_from(&bytes).map(Self).map_err(|(path, reason)| problem::aspnet(&[(&path, &reason)]))
    }
}

/// Reads JSON text under the same bounds; on failure gives the path (`$.line N`) and the reason.
pub fn json_from<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, (String, String)> {
    if bytes.is_empty() {
        return Err((String::new(), "A non-empty request body is required.".into()));
    }
    if let Some(reason) = flaw(bytes) {
        return Err(("$".into(), reason));
    }
    serde_json::from_slice(bytes).map_err(|e| {
        let text = e.to_string();
        let reason = text.split(" at line ").next().unwrap_or_default();
        (
            "$".to_owned(),
            format!(
                "The JSON value could not be read: {reason}. LineNumber: {} | Column: {}.",
                e.line(),
                e.column()
            ),
        )
    })
}

/// Why the text is not taken though it may be JSON: too deep, or a NUL in a string, which no column can hold. One pass;
/// brackets inside strings do not count.
fn flaw(bytes: &[u8]) -> Option<String> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'u' if escaped && bytes[at + 1..].starts_with(b"0000") => {
                return Some("The JSON value has a NUL character.".to_owned());
            }
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(format!("The JSON value is nested deeper than {MAX_DEPTH} levels."));
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn deep_json_is_refused_and_brackets_in_strings_are_not_depth() {
        assert!(json_from::<Value>("[".repeat(65).as_bytes()).unwrap_err().1.contains("nested deeper"));
        let text = format!("\"{}\\\"\"", "[".repeat(100));
        assert!(json_from::<Value>(text.as_bytes()).is_ok());
    }

    #[test]
    fn a_nul_is_refused_and_a_text_about_one_is_not() {
        assert!(json_from::<Value>(br#"["a\u0000"]"#).unwrap_err().1.contains("NUL"));
        assert!(json_from::<Value>(br#"["a\\u0000", "\u00001"]"#).is_err());
        assert!(json_from::<Value>(br#"["a\\u0000", "\u0001"]"#).is_ok());
    }

    #[test]
    fn invalid_utf8_is_an_error_not_a_panic() {
        assert!(json_from::<Value>(b"\"\xff\"").is_err());
    }
}
