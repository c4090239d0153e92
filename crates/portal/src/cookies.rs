//! The cookies that the portal sets. Name, path and domain are those of the login, which sets the same ones.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use httpkit::Origin;

/// Ours alone, so it stays on this host.
pub const LANGUAGE: &str = ::words::COOKIE;
pub const PARTY_UUID: &str = "AltinnPartyUuid";
pub const PARTY_ID: &str = "AltinnPartyId";

/// A cookie's value.
pub fn get(headers: &HeaderMap, name: &str) -> Option<String> {
    let jar = axum_extra::extract::CookieJar::from_headers(headers);
    jar.get(name).map(|cookie| cookie.value().to_owned())
}

/// Tag of the language that this browser has chosen.
pub fn language(headers: &HeaderMap, origin: &Origin) -> Option<String> {
    get(headers, &origin.own_cookie(LANGUAGE))
}

/// Remembers a language for a year.
pub fn keep_language(origin: &Origin, response: &mut Response, tag: &str) {
    append(origin, response, &origin.own_cookie(LANGUAGE), tag, "; HttpOnly; Max-Age=31536000");
}

/// Remembers until the browser is closed, on all hosts that share the login.
pub fn set(origin: &Origin, response: &mut Response, name: &str, value: &str) {
    let domain = origin.login_domain().map(|domain| format!("; Domain={domain}")).unwrap_or_default();
    append(origin, response, name, value, &domain);
}

fn append(origin: &Origin, response: &mut Response, name: &str, value: &str, more: &str) {
    let secure = if origin.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; SameSite=Lax{secure}{more}");
    // INVARIANT: names and values are tags, numbers and uuids.
    if let Ok(text) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, text);
    }
}
