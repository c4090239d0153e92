//! AWS Signature Version 4, in the Authorization header.

use aws_lc_rs::{digest, hmac};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write as _;

/// What proves who asks.
#[derive(Clone)]
pub struct Credentials {
    /// Access key id.
    pub id: String,
    /// Secret access key.
    pub secret: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What is signed. Header names are in lower case.
pub struct Signed<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// As [`query`] wrote it.
    pub query: &'a str,
    pub headers: &'a [(&'static str, String)],
    /// SHA-256 of the body in hex.
    pub payload: &'a str,
    pub at: Timestamp,
}

/// RFC 3986's unreserved characters stay.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A query in the form that is signed and sent: sorted and escaped.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| utf8_percent_encode(text, KEPT).to_string();
    let mut pairs: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.sort();
    pairs.join("&")
}

/// `x-amz-date`.
pub fn date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// SHA-256 in hex.
pub fn hash(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// The Authorization header.
pub fn authorization(credentials: &Credentials, region: &str, request: &Signed<'_>) -> String {
    let mut headers: Vec<_> = request.headers.iter().collect();
    headers.sort();
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let mut canonical = format!("{}\n{}\n{}\n", request.method, request.path, request.query);
    for (name, value) in headers {
        let _ = writeln!(canonical, "{name}:{}", value.trim());
    }
    let _ = write!(canonical, "\n{names}\n{}", request.payload);
    let date = date(request.at);
    let scope = format!("{}/{region}/s3/aws4_request", &date[..8]);
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hash(canonical.as_bytes()));
    let mut key = hmac_of(format!("AWS4{}", credentials.secret).as_bytes(), &date[..8]);
    for part in [region, "s3", "aws4_request"] {
        key = hmac_of(key.as_ref(), part);
    }
    let signature = hex(hmac_of(key.as_ref(), &text).as_ref());
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}",
        credentials.id
    )
}

fn hmac_of(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of Amazon S3's documentation, "Signature Calculations for the Authorization Header".
    #[test]
    fn signatures_are_those_of_the_documented_examples() {
        let credentials = Credentials {
            id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
        };
        let payload = hash(b"");
        let signature = |path: &str, query: &str, more: &[(&'static str, &str)]| {
            let mut headers = vec![
                ("x-amz-date", "20130524T000000Z".to_owned()),
                ("x-amz-content-sha256", payload.clone()),
                ("host", "examplebucket.s3.amazonaws.com".to_owned()),
            ];
            headers.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
            let at = "2013-05-24T00:00:00Z".parse().unwrap();
            let request = Signed { method: "GET", path, query, headers: &headers, payload: &payload, at };
            authorization(&credentials, "us-east-1", &request)
        };
        assert_eq!(
            signature("/test.txt", "", &[("range", "bytes=0-9")]),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
        assert!(
            signature("/", &query(&[("prefix", "J"), ("max-keys", "2")]), &[])
                .ends_with("=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
        );
    }

    #[test]
    fn queries_are_sorted_and_escaped_and_secrets_are_not_shown() {
        assert_eq!(
            query(&[("start-after", "a/b c+~"), ("list-type", "2")]),
            "list-type=2&start-after=a%2Fb%20c%2B~"
        );
        let credentials = Credentials { id: "me".into(), secret: "hidden".into() };
        assert!(!format!("{credentials:?}").contains("hidden"));
    }
}
