//! Objects in a bucket of a service that speaks Amazon S3's protocol. Five plain requests, each safe to send again.

use super::sign::{self, Credentials, Signed};
use super::{Object, Place, Trouble};
use async_trait::async_trait;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use kernel::{Clock, SystemClock};
use quick_xml::events::Event;
use reqwest::{Method, StatusCode, Url};
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::time::Duration;
use telemetry::span::{self, Kind};

/// Tries of one request.
const TRIES: u32 = 4;
/// Wait before the second try; each later one is four times as long.
const WAIT: Duration = Duration::from_millis(100);
/// Time to connect.
const CONNECT: Duration = Duration::from_secs(5);
/// Most that an error's or a listing's body may hold.
const MOST_TEXT: usize = 4 * 1024 * 1024;
/// Objects of a page.
const PAGE: &str = "1000";

/// Where the bucket is and who asks.
#[derive(Debug, Clone)]
pub struct Address {
    /// The service; http to this machine only.
    pub endpoint: String,
    /// Named in signatures.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The bucket is the first part of the path, not of the host's name.
    pub path_style: bool,
    /// Time for one try of a request.
    pub timeout: Duration,
}

/// A bucket.
#[derive(Debug)]
pub struct S3 {
    http: reqwest::Client,
    base: Url,
    host: String,
    region: String,
    credentials: Credentials,
}

/// What went wrong with a request.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// No whole answer came.
    #[error("the store does not answer: {}", whole(.0))]
    Http(#[from] reqwest::Error),
    /// The store refused.
    #[error("the store answers {status} {code}")]
    Refused {
        /// HTTP status.
        status: StatusCode,
        /// The store's own word.
        code: String,
    },
    /// The store says that it kept something else.
    #[error("the store has received other bytes than were sent")]
    Garbled,
    /// An answer that is not of the protocol.
    #[error("the store's listing cannot be read: {0}")]
    Listing(String),
}

/// With the reasons behind, which reqwest keeps apart; never the address, which says nothing new.
fn whole(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut at: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(reason) = at {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&reason.to_string());
        at = reason.source();
    }
    if error.is_timeout() && text.is_empty() { "time-out".to_owned() } else { text }
}

impl Failed {
    fn may_pass(&self) -> bool {
        match self {
            Self::Http(e) => !e.is_builder(),
            Self::Refused { status, code } => {
                status.is_server_error()
                    || *status == StatusCode::TOO_MANY_REQUESTS
                    || *status == StatusCode::REQUEST_TIMEOUT
                    || code == "RequestTimeout"
                    || code == "SlowDown"
            }
            Self::Garbled => true,
            Self::Listing(_) => false,
        }
    }
}

impl S3 {
    /// A client of the bucket. `secrets` is the file with the access key id and the secret access key, a line each.
    pub fn open(address: &Address, secrets: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(secrets).map_err(|e| format!("{}: {e}", secrets.display()))?;
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (Some(id), Some(secret), None) = (lines.next(), lines.next(), lines.next()) else {
            return Err(format!(
                "{}: wanted two lines, access key id and secret access key",
                secrets.display()
            ));
        };
        let credentials = Credentials { id: id.to_owned(), secret: secret.to_owned() };
        let (base, host) = base(address)?;
        // A second installation of the same provider is no error worth telling.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(address.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("allting/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Self { http, base, host, region: address.region.clone(), credentials })
    }

    /// Sends a request until it is answered, for good or ill; what may pass is tried again. None: there is no such object.
    async fn send(
        &self,
        method: Method,
        name: &str,
        query: &str,
        body: Option<Bytes>,
    ) -> Result<Option<Bytes>, Failed> {
        let (mut attempt, mut wait) = (1, WAIT);
        loop {
            let started = std::time::Instant::now();
            let operation = operation(&method, name);
            let work = self.once(&method, name, query, body.clone());
            let done = span::part(Kind::Client, operation, work, |done, told| {
                told.name = format!("blob {operation}").into();
                span::outcome(done, told);
            })
            .await;
            metrics::histogram!("blob_store_seconds", "operation" => operation)
                .record(started.elapsed().as_secs_f64());
            match done {
                Err(e) if attempt < TRIES && e.may_pass() => {
                    metrics::counter!("blob_store_retries_total").increment(1);
                    tracing::debug!(error = %e, attempt, "the object store is asked again");
                }
                done => return done,
            }
            // Up to half as long again, so that those who were refused together do not come back together.
            let jitter = RandomState::new().hash_one(attempt) % 512;
            tokio::time::sleep(wait + wait * u32::try_from(jitter).unwrap_or(0) / 1024).await;
            wait *= 4;
            attempt += 1;
        }
    }

    async fn once(
        &self,
        method: &Method,
        name: &str,
        query: &str,
        body: Option<Bytes>,
    ) -> Result<Option<Bytes>, Failed> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{name}", self.base.path()));
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        let at = SystemClock.now();
        let payload = sign::hash(body.as_deref().unwrap_or_default());
        let checksum = body.as_ref().map(|body| STANDARD.encode(digest::digest(&digest::SHA256, body)));
        let mut headers = vec![
            ("host", self.host.clone()),
            ("x-amz-content-sha256", payload.clone()),
            ("x-amz-date", sign::date(at)),
        ];
        headers.extend(checksum.clone().map(|checksum| ("x-amz-checksum-sha256", checksum)));
        let signed = Signed {
            method: method.as_str(),
            path: url.path(),
            query,
            headers: &headers,
            payload: &payload,
            at,
        };
        let authorization = sign::authorization(&self.credentials, &self.region, &signed);
        let mut request = self.http.request(method.clone(), url).header("authorization", authorization);
        for (name, value) in headers.into_iter().filter(|(name, _)| *name != "host") {
            request = request.header(name, value);
        }
        let is_upload = body.is_some();
        if let Some(body) = body {
            request = request.body(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        if status.is_success() {
            // A store that checks says what it got; one that does not has still checked the signed digest.
            let said = answer.headers().get("x-amz-checksum-sha256");
            if is_upload
                && said.is_some_and(|said| Some(said.as_bytes()) != checksum.as_ref().map(String::as_bytes))
            {
                return Err(Failed::Garbled);
            }
            return Ok(Some(answer.bytes().await?));
        }
        let text = some_text(answer).await;
        let code = element(&text, "Code").unwrap_or_default();
        let absent = status == StatusCode::NOT_FOUND && (code == "NoSuchKey" || method == Method::DELETE);
        if absent { Ok(None) } else { Err(Failed::Refused { status, code }) }
    }
}

fn operation(method: &Method, name: &str) -> &'static str {
    match (method, name) {
        (&Method::PUT, _) => "put",
        (&Method::DELETE, _) => "delete",
        (_, "") => "list",
        _ => "get",
    }
}

/// The bucket's own address, ending in a slash, and its host as clients name it.
fn base(address: &Address) -> Result<(Url, String), String> {
    let wrong = |why: &str| format!("blobs.endpoint {}: {why}", address.endpoint);
    let sound = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if address.bucket.is_empty() || !address.bucket.chars().all(sound) {
        return Err(format!("blobs.bucket {:?} is not a bucket's name", address.bucket));
    }
    let mut base = Url::parse(&address.endpoint).map_err(|e| wrong(&e.to_string()))?;
    let loopback = match base.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if base.scheme() != "https" && !(base.scheme() == "http" && loopback) {
        return Err(wrong("wanted https, or http to this machine"));
    }
    if base.query().is_some()
        || !base.username().is_empty()
        || base.password().is_some()
        || base.path() != "/"
    {
        return Err(wrong("wanted scheme, host and port only"));
    }
    let name = base.host_str().unwrap_or_default().to_owned();
    if address.path_style {
        base.set_path(&format!("/{}/", address.bucket));
    } else {
        let with_bucket = format!("{}.{name}", address.bucket);
        base.set_host(Some(&with_bucket)).map_err(|e| wrong(&e.to_string()))?;
    }
    let name = base.host_str().unwrap_or_default();
    let host = base.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
    Ok((base, host))
}

async fn some_text(mut answer: reqwest::Response) -> String {
    let mut text = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        text.extend_from_slice(&chunk);
        if text.len() > MOST_TEXT {
            break;
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Text of the first element of this name.
fn element(xml: &str, name: &str) -> Option<String> {
    let mut found = None;
    let read = each(xml, &mut |element, text| {
        if element == name && found.is_none() {
            found = Some(text.to_owned());
        }
    });
    read.ok().and(found)
}

/// Calls `take` with name and text of every element when it ends.
fn each(xml: &str, take: &mut dyn FnMut(&str, &str)) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut text = String::new();
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(_) => text.clear(),
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(|e| e.to_string())? {
                Some(c) => text.push(c),
                None => text.push_str(
                    quick_xml::escape::resolve_predefined_entity(&reference).ok_or("an unknown entity")?,
                ),
            },
            Event::End(end) => {
                take(end.local_name().as_ref(), text.trim());
                text.clear();
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Objects of a listing, and whether there are more.
fn listing(xml: &str) -> Result<(Vec<Object>, bool), String> {
    let (mut objects, mut more, mut is_listing) = (Vec::new(), false, false);
    let (mut name, mut size, mut modified) = (None, None, None);
    each(xml, &mut |element, text| match element {
        "Key" => name = Some(text.to_owned()),
        "Size" => size = text.parse().ok(),
        "LastModified" => modified = text.parse().ok(),
        "Contents" => {
            if let (Some(name), Some(size), Some(modified)) = (name.take(), size.take(), modified.take()) {
                objects.push(Object { name, size, modified });
            }
        }
        "IsTruncated" => more = text == "true",
        "ListBucketResult" => is_listing = true,
        _ => {}
    })?;
    if is_listing { Ok((objects, more)) } else { Err("it is not a ListBucketResult".into()) }
}

#[async_trait]
impl Place for S3 {
    async fn put(&self, name: &str, sealed: Bytes) -> Result<(), Trouble> {
        Ok(self.send(Method::PUT, name, "", Some(sealed)).await.map(drop)?)
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>, Trouble> {
        Ok(self.send(Method::GET, name, "", None).await?)
    }

    async fn delete(&self, name: &str) -> Result<(), Trouble> {
        Ok(self.send(Method::DELETE, name, "", None).await.map(drop)?)
    }

    async fn list(&self, after: Option<String>) -> Result<(Vec<Object>, Option<String>), Trouble> {
        let mut pairs = vec![("list-type", "2"), ("max-keys", PAGE)];
        // By name and not by the store's own token: a page can be asked for again at any time.
        pairs.extend(after.as_deref().map(|after| ("start-after", after)));
        let body = self.send(Method::GET, "", &sign::query(&pairs), None).await?.unwrap_or_default();
        let (objects, more) = listing(&String::from_utf8_lossy(&body)).map_err(Failed::Listing)?;
        let next = objects.last().map(|last| last.name.clone()).filter(|_| more);
        Ok((objects, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(endpoint: &str, path_style: bool) -> Address {
        let (region, bucket) = ("eu-north-1".into(), "blobs".into());
        Address { endpoint: endpoint.into(), region, bucket, path_style, timeout: CONNECT }
    }

    #[test]
    fn buckets_are_in_the_path_or_in_the_host() {
        let (base_url, host) = base(&address("http://127.0.0.1:9000", true)).unwrap();
        assert_eq!((base_url.as_str(), host.as_str()), ("http://127.0.0.1:9000/blobs/", "127.0.0.1:9000"));
        let (base_url, host) = base(&address("https://s3.example.no", false)).unwrap();
        assert_eq!(
            (base_url.as_str(), host.as_str()),
            ("https://blobs.s3.example.no/", "blobs.s3.example.no")
        );
    }

    #[test]
    fn plain_http_leaves_this_machine_for_nobody() {
        for endpoint in
            ["http://s3.example.no", "ftp://127.0.0.1", "https://me:pw@s3.example.no", "https://x/y", "s3"]
        {
            assert!(base(&address(endpoint, true)).is_err(), "{endpoint}");
        }
        assert!(base(&Address { bucket: "a/b".into(), ..address("https://s3.example.no", true) }).is_err());
    }

    #[test]
    fn listings_are_read_and_anything_else_is_not() {
        let xml = r#"<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
          <Name>blobs</Name><IsTruncated>true</IsTruncated>
          <Contents><Key>a&amp;b&#47;c</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><Size>7</Size></Contents>
          </ListBucketResult>"#;
        let (objects, more) = listing(xml).unwrap();
        let modified = "2026-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(objects, [Object { name: "a&b/c".into(), size: 7, modified }]);
        assert!(more);
        assert!(listing("<html></html>").is_err());
        assert!(listing("<ListBucketResult>").is_err());
    }
}
