//! A client proves who it is, by exactly the method that it registered.

use crate::Idporten;
use crate::domain::client::{AuthMethod, Client};
use crate::store::{assertions, clients};
use crate::wire::params::Params;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use httpkit::{Origin, problem};
use jiff::Timestamp;
use jose::{Jwks, Unverified};
use serde_json::Value;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// An assertion may be valid for this long, and clocks may differ by the leeway.
const ASSERTION_SECONDS: i64 = 120;
const LEEWAY_SECONDS: i64 = 10;
const MAX_ASSERTION_BYTES: usize = 16 * 1024;

/// What the request claims about its client.
struct Claimed {
    client_id: String,
    proof: Proof,
}

enum Proof {
    Basic(String),
    Post(String),
    Assertion(String),
    None,
}

/// The client, or the OAuth error.
pub async fn authenticate(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Client, Response> {
    let used_header = headers.contains_key(header::AUTHORIZATION);
    let claimed = claimed(headers, params).map_err(|refused| match refused {
        Refused::Request(reason) => problem::oauth(StatusCode::BAD_REQUEST, "invalid_request", reason),
        Refused::Client => invalid_client(used_header),
    })?;
    let registered =
        clients::get(&idp.ctx.db, &claimed.client_id).await.map_err(|e| httpkit::internal(&e))?;
    let Some(registered) = registered else { return Err(invalid_client(used_header)) };
    let (client, hash) = (registered.client, registered.secret_hash);
    let proven = match (client.auth_method, &claimed.proof) {
        (AuthMethod::None, Proof::None) => true,
        (AuthMethod::SecretBasic, Proof::Basic(secret)) | (AuthMethod::SecretPost, Proof::Post(secret)) => {
            hash.is_some_and(|hash| idp.secret_matches(&client.id, secret, &hash))
        }
        (AuthMethod::PrivateKeyJwt, Proof::Assertion(assertion)) => {
            let audiences =
                [idp.issuer().to_owned(), origin.url("/token"), format!("{}/token", idp.issuer())];
            assertion_holds(idp, &client, assertion, &audiences).await.map_err(|e| httpkit::internal(&e))?
        }
        _ => false,
    };
    if proven { Ok(client) } else { Err(invalid_client(used_header)) }
}

enum Refused {
    Request(&'static str),
    Client,
}

fn claimed(headers: &HeaderMap, params: &Params) -> Result<Claimed, Refused> {
    let body_id = params.get("client_id");
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (id, secret) = value.to_str().ok().and_then(basic).ok_or(Refused::Client)?;
        if body_id.is_some_and(|body_id| body_id != id) {
            return Err(Refused::Request("client_id differs from the Authorization header"));
        }
        if params.get("client_secret").is_some() || params.get("client_assertion").is_some() {
            return Err(Refused::Request("several ways of client authentication at once"));
        }
        return Ok(Claimed { client_id: id, proof: Proof::Basic(secret) });
    }
    if let Some(assertion) = params.get("client_assertion") {
        if params.get("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(Refused::Request("client_assertion_type is not known"));
        }
        if params.get("client_secret").is_some() {
            return Err(Refused::Request("several ways of client authentication at once"));
        }
        let unverified = Unverified::parse(assertion, MAX_ASSERTION_BYTES).map_err(|_| Refused::Client)?;
        let id = unverified.claims().get("iss").and_then(Value::as_str).ok_or(Refused::Client)?;
        if body_id.is_some_and(|body_id| body_id != id) {
            return Err(Refused::Request("client_id differs from the client assertion"));
        }
        return Ok(Claimed { client_id: id.to_owned(), proof: Proof::Assertion(assertion.to_owned()) });
    }
    let id = body_id.ok_or(Refused::Client)?.to_owned();
    let proof = params.get("client_secret").map_or(Proof::None, |secret| Proof::Post(secret.to_owned()));
    Ok(Claimed { client_id: id, proof })
}

/// Id and secret of `Basic …`. WIRE: certified libraries form-encode both before they join them (RFC 6749 §2.3.1).
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((form_decode(id), form_decode(secret)))
}

fn form_decode(text: &str) -> String {
    // A lone pair without `=` in it decodes as a name.
    let escaped = text.replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(escaped.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

fn invalid_client(used_header: bool) -> Response {
    let mut response =
        problem::oauth(StatusCode::UNAUTHORIZED, "invalid_client", "client authentication failed");
    if used_header {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
    }
    response
}

async fn assertion_holds(
    idp: &Idporten,
    client: &Client,
    assertion: &str,
    audiences: &[String],
) -> db::Result<bool> {
    let now = idp.ctx.clock.now();
    let Some((jti, expires_at)) = checked_assertion(client, assertion, audiences, now) else {
        return Ok(false);
    };
    db::write_tx!(idp.ctx.db, "idporten.assertion", |tx| {
        assertions::remember(tx, &client.id, &jti, expires_at).await
    })
}

/// `jti` and end of a well-signed, timely assertion of this client for us.
fn checked_assertion(
    client: &Client,
    assertion: &str,
    audiences: &[String],
    now: Timestamp,
) -> Option<(String, Timestamp)> {
    let unverified = Unverified::parse(assertion, MAX_ASSERTION_BYTES).ok()?;
    let keys = Jwks::from_value(client.jwks.as_ref()?).ok()?;
    if unverified.header().alg != "RS256" {
        return None;
    }
    unverified.check_signature(keys.find(unverified.header().kid.as_deref()?)?).ok()?;
    let claims = unverified.claims();
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let number = |name: &str| claims.get(name).and_then(Value::as_f64).map(|n| n as i64);
    let (exp, iat) = (number("exp")?, number("iat")?);
    let seconds = now.as_second();
    let timely = exp > seconds - LEEWAY_SECONDS
        && exp <= seconds + ASSERTION_SECONDS + LEEWAY_SECONDS
        && iat <= seconds + LEEWAY_SECONDS;
    let own = text("iss") == Some(&client.id) && text("sub") == Some(&client.id);
    // WIRE: today's service wants the issuer alone; library versions in use send the token endpoint or a list.
    let for_us = |value: &Value| value.as_str().is_some_and(|aud| audiences.iter().any(|ours| ours == aud));
    let addressed = match claims.get("aud")? {
        Value::Array(several) => several.iter().any(for_us),
        one => for_us(one),
    };
    let jti = text("jti").filter(|jti| !jti.is_empty() && jti.len() <= 200)?;
    let expires_at = Timestamp::from_second(exp + LEEWAY_SECONDS).ok()?;
    (timely && own && addressed).then(|| (jti.to_owned(), expires_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_decoded() {
        let header = format!("Basic {}", STANDARD.encode("my%3Aid:se+cr%26et%3D"));
        assert_eq!(basic(&header), Some(("my:id".into(), "se cr&et=".into())));
        assert_eq!(
            basic(&format!("basic {}", STANDARD.encode("id:a=b&c"))),
            Some(("id".into(), "a=b&c".into()))
        );
        assert_eq!(basic("Bearer x"), None);
    }
}
