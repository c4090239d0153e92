//! What no request may exceed, whichever route it is for. Heads as a whole are bounded by the server, bodies by their route.

use crate::problem;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

/// Longest path and longest query, in bytes.
const MAX_PATH: usize = 4 * 1024;
const MAX_QUERY: usize = 16 * 1024;
/// Most parameters of a query.
const MAX_PARAMETERS: usize = 500;

/// The refusal of a request that no route should see.
pub(crate) fn refusal(request: &Request) -> Option<Response> {
    let query = request.uri().query().unwrap_or_default();
    if request.uri().path().len() > MAX_PATH || query.len() > MAX_QUERY {
        return Some(problem::empty(StatusCode::URI_TOO_LONG));
    }
    if query.bytes().filter(|byte| *byte == b'&').count() >= MAX_PARAMETERS {
        return Some(problem::text(StatusCode::BAD_REQUEST, "The query has too many parameters."));
    }
    // WIRE: docs/wire/README.md#compressed-requests. Nothing is inflated, so no small body can become a large one.
    let encoded = request.headers().get_all(header::CONTENT_ENCODING).iter();
    if encoded.into_iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let mut response = problem::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        return Some(response);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn status(uri: &str, coding: Option<&str>) -> Option<u16> {
        let mut request = Request::builder().uri(uri);
        if let Some(coding) = coding {
            request = request.header(header::CONTENT_ENCODING, coding);
        }
        refusal(&request.body(Body::empty()).unwrap()).map(|response| response.status().as_u16())
    }

    #[test]
    fn long_addresses_many_parameters_and_compressed_bodies_are_refused() {
        assert_eq!(status("/a?b=c&d=e", None), None);
        assert_eq!(status(&format!("/{}", "a".repeat(MAX_PATH)), None), Some(414));
        assert_eq!(status(&format!("/a?{}", "a".repeat(MAX_QUERY + 1)), None), Some(414));
        assert_eq!(status(&format!("/a?{}", "b&".repeat(MAX_PARAMETERS)), None), Some(400));
        assert_eq!(status("/a", Some("identity")), None);
        for coding in ["gzip", "deflate", "br", "zstd", "gzip, identity"] {
            assert_eq!(status("/a", Some(coding)), Some(415), "{coding}");
        }
    }
}
