//! Query, cookies and redirects.

use crate::session::Portal;
use crate::session::domain::session::Session;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use httpkit::{Origin, RUNTIME_COOKIE, Role, XSRF_COOKIE};
use url::form_urlencoded;

/// The browser's handle of its session.
pub const SESSION_COOKIE: &str = "altinnsession";
/// Binds a login under way to the browser in which it began.
pub const LOGIN_COOKIE: &str = "oidcnonce";
/// Where a login without `goto` leads.
pub const GOTO_COOKIE: &str = "authngoto";
/// What is to happen after logout.
pub const LOGOUT_COOKIE: &str = "AltinnLogoutInfo";
const PARTY_ID_COOKIE: &str = "AltinnPartyId";
const PARTY_UUID_COOKIE: &str = "AltinnPartyUuid";

/// Query parameters; their names are read in any case.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query string.
    pub fn parse(raw: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
        Self(pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned())).collect())
    }

    /// A value that is not empty; `name` in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, value)| value.as_str())
    }
}

/// A cookie's value.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    CookieJar::from_headers(headers).get(name).map(|cookie| cookie.value().to_owned())
}

/// Who may read a cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readable {
    ServerOnly,
    Scripts,
}

/// Cookies of one answer.
pub struct Cookies<'a> {
    portal: &'a Portal,
    origin: &'a Origin,
}

impl<'a> Cookies<'a> {
    /// For the address by which the browser reached us.
    pub fn new(portal: &'a Portal, origin: &'a Origin) -> Self {
        Self { portal, origin }
    }

    /// The cookies of an open session. A new token alone is set when `handle` is absent.
    pub fn open(&self, response: &mut Response, session: &Session, handle: Option<&str>) -> jose::Result<()> {
        let token = self.portal.runtime_token(session)?;
        self.set(response, RUNTIME_COOKIE, &token, Readable::ServerOnly);
        if let Some(handle) = handle {
            self.set(response, SESSION_COOKIE, handle, Readable::ServerOnly);
            self.set(response, PARTY_ID_COOKIE, &session.party_id.to_string(), Readable::Scripts);
            self.set(response, PARTY_UUID_COOKIE, &session.party_uuid.to_string(), Readable::Scripts);
        }
        // The value that `Caller::csrf_token` gives for this session.
        let csrf = self.portal.ctx.keys.digest("csrf", &session.id.to_string());
        self.set(response, XSRF_COOKIE, &csrf, Readable::Scripts);
        Ok(())
    }

    /// Binds a login under way to this browser.
    pub fn bind(&self, response: &mut Response, browser: &str) {
        self.set(response, LOGIN_COOKIE, browser, Readable::ServerOnly);
    }

    /// Removes everything that belongs to a session.
    pub fn close(&self, response: &mut Response) {
        for name in [RUNTIME_COOKIE, SESSION_COOKIE, PARTY_ID_COOKIE, PARTY_UUID_COOKIE, XSRF_COOKIE] {
            self.clear(response, name);
        }
    }

    /// Removes one cookie.
    pub fn clear(&self, response: &mut Response, name: &str) {
        self.append(response, name, "", "; Max-Age=0; HttpOnly");
    }

    fn set(&self, response: &mut Response, name: &str, value: &str, readable: Readable) {
        self.append(response, name, value, if readable == Readable::ServerOnly { "; HttpOnly" } else { "" });
    }

    fn append(&self, response: &mut Response, name: &str, value: &str, more: &str) {
        let secure = if self.origin.is_https() { "; Secure" } else { "" };
        let domain =
            self.origin.login_domain().map(|domain| format!("; Domain={domain}")).unwrap_or_default();
        let text = format!("{name}={value}; Path=/; SameSite=Lax{domain}{secure}{more}");
        // INVARIANT: names and values are ours, ASCII without control characters.
        if let Ok(text) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, text);
        }
    }
}

/// Start page of the portal.
pub fn start_page(origin: &Origin) -> String {
    format!("{}/", origin.of(Role::PORTAL))
}

/// A 302 that no cache keeps.
pub fn redirect(location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    not_stored((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
}

/// Marks an answer about identity as one that no cache may keep.
pub fn not_stored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
