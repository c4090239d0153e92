//! The cookies that the portal sets. Name, path and domain are those of the login, which sets the same ones.

use crate::Portal;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use httpkit::{Origin, Role};

pub const LANGUAGE: &str = "allting_language";
pub const PARTY_UUID: &str = "AltinnPartyUuid";
pub const PARTY_ID: &str = "AltinnPartyId";
const YEAR: &str = "; Max-Age=31536000";

/// A cookie's value.
pub fn get(headers: &HeaderMap, name: &str) -> Option<String> {
    let jar = axum_extra::extract::CookieJar::from_headers(headers);
    jar.get(name).map(|cookie| cookie.value().to_owned())
}

/// Remembers for a year.
pub fn keep(portal: &Portal, origin: &Origin, response: &mut Response, name: &str, value: &str) {
    append(portal, origin, response, name, value, YEAR);
}

/// Remembers until the browser is closed.
pub fn set(portal: &Portal, origin: &Origin, response: &mut Response, name: &str, value: &str) {
    append(portal, origin, response, name, value, "");
}

fn append(portal: &Portal, origin: &Origin, response: &mut Response, name: &str, value: &str, life: &str) {
    let secure = if origin.is_https() { "; Secure" } else { "" };
    let domain = domain(portal, origin);
    let text = format!("{name}={value}; Path=/; SameSite=Lax{domain}{secure}{life}");
    // INVARIANT: names and values are tags, numbers and uuids.
    if let Ok(text) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, text);
    }
}

/// On the platform's own host the cookies reach all its subdomains; elsewhere they stay on the host.
fn domain(portal: &Portal, origin: &Origin) -> String {
    let hosts = Role::PLATFORM.hosts(&portal.ctx.config.environment);
    let domain = hosts.first().and_then(|host| host.strip_prefix("platform.")).unwrap_or_default();
    let host = origin.base().split("://").nth(1).unwrap_or_default();
    let ours = !domain.is_empty() && (host == domain || host.ends_with(&format!(".{domain}")));
    if ours { format!("; Domain={domain}") } else { String::new() }
}
