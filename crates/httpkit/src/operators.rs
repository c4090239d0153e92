//! Who runs this server: the door of `Access::Operator`.

use crate::keys::same_secret;
use crate::problem::{self, Problem};
use crate::{ClientAddress, Ctx, Origin};
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use kernel::Ids;
use std::collections::HashMap;
use std::fmt::Write;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Who is at the door of a sandbox that names no operators.
const SANDBOX: &str = "sandbox";
/// Failed tries of one address within `WINDOW`; the next ones are not looked at.
const TRIES: u32 = 10;
const WINDOW: Duration = Duration::from_mins(1);
/// Addresses that are remembered; when there are more, all are forgotten.
const ADDRESSES: usize = 10_000;
/// Longest name of an operator.
const LONGEST_NAME: usize = 64;

/// The operator behind a request.
#[derive(Debug, Clone)]
pub struct Operator {
    name: Arc<str>,
    csrf: Arc<str>,
}

impl Operator {
    /// The name to write beside what the operator did.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The token for the field `_csrf` of forms.
    pub fn csrf_token(&self) -> &str {
        &self.csrf
    }
}

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        // INVARIANT: the guard of `Access::Operator` has set it; on any other route there is none.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| problem::empty(StatusCode::UNAUTHORIZED))
    }
}

/// Why a name or a file of operators was refused.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OperatorsError(String);

/// A new operator: the token to hand over, which is kept nowhere, and the line for the file.
pub fn new_operator(ids: &dyn Ids, name: &str) -> Result<(String, String), OperatorsError> {
    check_name(name).map_err(OperatorsError)?;
    let mut secret = [0; 32];
    ids.fill(&mut secret);
    let token = URL_SAFE_NO_PAD.encode(secret);
    let line = format!("{name}:{}", hex_digest(&token));
    Ok((token, line))
}

/// The names in a file of operators.
pub fn read_operators(path: &Path) -> Result<Vec<String>, OperatorsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| OperatorsError(format!("operations.operators {}: {e}", path.display())))?;
    let lines = parse(&text)
        .map_err(|reason| OperatorsError(format!("operations.operators {}: {reason}", path.display())))?;
    Ok(lines.into_iter().map(|(name, _)| name.to_owned()).collect())
}

/// Lets operators in. The file is read at each call, so that a line taken out holds at once.
#[derive(Default)]
pub(crate) struct Door {
    failed: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

impl Door {
    /// The operator behind the request, or the answer that turns it away.
    pub(crate) async fn admit(&self, ctx: &Ctx, request: &Parts) -> Result<Operator, Response> {
        let changes = !matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if changes && !of_our_own_page(&request.headers, &request.extensions) {
            let title = "A page of another origin may not do this.";
            return Err(Problem::allting(StatusCode::FORBIDDEN, "foreign-origin", title).into_response());
        }
        let file = &ctx.config.operations.operators;
        let name = match (file.is_empty(), ctx.config.is_sandbox()) {
            (true, true) => SANDBOX.to_owned(),
            (true, false) => return Err(unknown()),
            (false, _) => self.known(file, request).await?,
        };
        let csrf = ctx.keys.digest("operator", &name).into();
        Ok(Operator { name: name.into(), csrf })
    }

    async fn known(&self, file: &str, request: &Parts) -> Result<String, Response> {
        let address = request.extensions.get::<ClientAddress>().map(|client| client.0);
        if self.is_rationed(address) {
            let title = "Too many failed tries from this address; wait a minute.";
            let mut answer =
                Problem::allting(StatusCode::TOO_MANY_REQUESTS, "too-many-tries", title).into_response();
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(WINDOW.as_secs()));
            return Err(answer);
        }
        let Some((name, token)) = basic(&request.headers) else { return Err(unknown()) };
        let text = tokio::fs::read_to_string(file).await.map_err(|e| e.to_string());
        let lines = text.as_deref().map_err(Clone::clone).and_then(parse).map_err(|reason| {
            tracing::error!(file, reason, "cannot read the operators; nobody is let in");
            unknown()
        })?;
        let stated = hex_digest(&token);
        // Every line is compared, so that the time tells nothing of whose it is.
        let known = lines.iter().fold(false, |known, (line_name, line_digest)| {
            (same_secret(line_digest, &stated) && *line_name == name) || known
        });
        if known {
            return Ok(name);
        }
        self.count(address);
        metrics::counter!("operator_refused_total").increment(1);
        tracing::warn!(address = ?address, "an operator's name and token do not fit");
        Err(unknown())
    }

    fn is_rationed(&self, address: Option<IpAddr>) -> bool {
        let Some(address) = address else { return false };
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get(&address).is_some_and(|(since, count)| since.elapsed() < WINDOW && *count >= TRIES)
    }

    fn count(&self, address: Option<IpAddr>) {
        let Some(address) = address else { return };
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= ADDRESSES {
            failed.clear();
        }
        let entry = failed.entry(address).or_insert_with(|| (Instant::now(), 0));
        if entry.0.elapsed() >= WINDOW {
            *entry = (Instant::now(), 0);
        }
        entry.1 += 1;
    }
}

/// 401, for browsers with the question for name and token.
fn unknown() -> Response {
    let title = "Only operators may do this.";
    let mut answer = Problem::allting(StatusCode::UNAUTHORIZED, "operator-required", title).into_response();
    let ask = HeaderValue::from_static("Basic realm=\"Allting operations\", charset=\"UTF-8\"");
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, ask);
    answer
}

/// Browsers add the operator's token to whatever a foreign page makes them send, and tell from where it comes. Scripts tell
/// nothing, and have no token but their own.
pub(crate) fn of_our_own_page(headers: &HeaderMap, extensions: &Extensions) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => extensions.get::<Origin>().is_some_and(|own| own.base() == origin),
        (None, None) => true,
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, token) = plain.split_once(':')?;
    Some((name.to_owned(), token.to_owned()))
}

/// (name, digest) of each line.
fn parse(text: &str) -> Result<Vec<(&str, &str)>, String> {
    let mut lines: Vec<(&str, &str)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let wrong = |reason: &str| format!("line {}: {reason}", at + 1);
        let (name, digest) = line.split_once(':').ok_or_else(|| wrong("not name:digest"))?;
        check_name(name).map_err(|reason| wrong(&reason))?;
        if digest.len() != 64 || !digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(wrong("the digest is 64 small hexadecimal digits"));
        }
        if lines.iter().any(|(earlier, _)| *earlier == name) {
            return Err(wrong("the name stands there twice"));
        }
        lines.push((name, digest));
    }
    if lines.is_empty() { Err("names nobody".into()) } else { Ok(lines) }
}

fn check_name(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(fits) {
        return Err(format!("a name is one to {LONGEST_NAME} of the signs a-z A-Z 0-9 . - _ @"));
    }
    Ok(())
}

fn hex_digest(token: &str) -> String {
    digest(&SHA256, token.as_bytes()).as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_anything_doubtful_in_it_is_refused() {
        let digest = "ab".repeat(32);
        let good = format!("kari:{digest}\nola@drift.no:{digest}\n");
        assert_eq!(parse(&good).unwrap().len(), 2);
        for bad in [
            String::new(),
            "\n".into(),
            format!("{good}\n"),
            format!("\n{good}"),
            format!("{good}kari:{digest}"),
            format!("kari {digest}"),
            format!("kari: {digest}"),
            format!("kari:{}", digest.to_uppercase()),
            format!("kari:{}", &digest[1..]),
            format!(":{digest}"),
            format!("two words:{digest}"),
        ] {
            assert!(parse(&bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_new_operator_fits_into_the_file() {
        let (token, line) = new_operator(&kernel::RandomIds, "kari").unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(&token).unwrap().len(), 32);
        assert_eq!(parse(&line).unwrap(), [("kari", hex_digest(&token).as_str())]);
        assert!(new_operator(&kernel::RandomIds, "kari:").is_err());
    }

    #[test]
    fn tries_of_an_address_are_counted_apart_and_not_for_ever_in_memory() {
        let door = Door::default();
        let [one, other] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(|ip| Some(IpAddr::from(ip)));
        for _ in 0..TRIES {
            assert!(!door.is_rationed(one));
            door.count(one);
        }
        assert!(door.is_rationed(one) && !door.is_rationed(other));
        for n in 0..u32::try_from(ADDRESSES).unwrap() {
            door.count(Some(IpAddr::from(n.to_be_bytes())));
        }
        assert!(door.failed.lock().unwrap().len() <= ADDRESSES);
    }
}
