//! Content negotiation of bare strings (identity §0.3).

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// Does the client accept JSON and nothing like `*/*` or text. An absent header accepts everything.
fn accepts_json_only(headers: &HeaderMap) -> bool {
    let accept: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok()).collect();
    let accept = accept.join(",");
    accept.contains("application/json") && !accept.contains("*/*") && !accept.contains("text/plain")
}

/// A bare string: raw text, or a JSON string for clients that take only JSON.
pub fn negotiated_string(headers: &HeaderMap, status: StatusCode, value: &str) -> Response {
    let (kind, body) = if accepts_json_only(headers) {
        ("application/json; charset=utf-8", serde_json::Value::from(value).to_string())
    } else {
        ("text/plain; charset=utf-8", value.to_owned())
    };
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(accept: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_str(accept).unwrap())])
    }

    #[test]
    fn only_json_gets_quotes() {
        assert!(accepts_json_only(&headers("application/json")));
        assert!(!accepts_json_only(&headers("application/json, text/plain, */*")));
        assert!(!accepts_json_only(&HeaderMap::new()));
    }
}
