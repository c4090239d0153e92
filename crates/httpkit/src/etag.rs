//! Entity tags and the conditions that clients put on them.

use http::{HeaderMap, HeaderValue, header};

/// A strong entity tag header value for a revision.
pub fn etag(revision: impl std::fmt::Display) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{revision}\"")).ok()
}

/// The tags of `If-Match`, without quotes; `None` when the header is absent.
pub fn if_match(headers: &HeaderMap) -> Option<Vec<String>> {
    tags(headers, &header::IF_MATCH)
}

/// The tags of `If-None-Match`, without quotes and weakness marks; `None` when the header is absent.
pub fn if_none_match(headers: &HeaderMap) -> Option<Vec<String>> {
    tags(headers, &header::IF_NONE_MATCH)
}

fn tags(headers: &HeaderMap, name: &header::HeaderName) -> Option<Vec<String>> {
    let text = headers.get(name)?.to_str().ok()?;
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    Some(text.split(',').map(bare).collect())
}
