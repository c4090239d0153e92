//! What the browser brings and is given: cookies, language, the login under way.

use crate::Idporten;
use crate::domain::authorize::{PageFault, Request};
use crate::pages::{self, Language};
use crate::store::requests;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use httpkit::Origin;

/// The single sign-on session.
pub const SESSION_COOKIE: &str = "IDPORTEN_AUTH";
/// Binds a login under way to the browser in which it began.
const BROWSER_COOKIE: &str = "IDPORTEN_BROWSER";
/// Set when the person chooses a language.
pub const LANGUAGE_COOKIE: &str = "IDPORTEN_SELECTED_LANGUAGE";

/// A cookie's value.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    CookieJar::from_headers(headers).get(name).map(|cookie| cookie.value().to_owned())
}

/// What binds a login to this browser; ours, so the wire does not name it.
pub fn binding(headers: &HeaderMap, origin: &Origin) -> Option<String> {
    cookie(headers, &origin.own_cookie(BROWSER_COOKIE))
}

/// Binds a login to this browser.
pub fn bind(response: &mut Response, origin: &Origin, value: &str) {
    let (name, secure) = (origin.own_cookie(BROWSER_COOKIE), if origin.is_https() { "; Secure" } else { "" });
    append(response, &format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}"));
}

/// Adds a cookie that lives as long as the browser.
pub fn set_cookie(response: &mut Response, origin: &Origin, name: &str, value: &str) {
    // WIRE: the recommended logout is a form that another site posts, which a Lax cookie would miss (identity §2.7).
    let site = match (origin.is_https(), name) {
        (true, SESSION_COOKIE) => "None; Secure",
        (true, _) => "Lax; Secure",
        (false, _) => "Lax",
    };
    append(response, &format!("{name}={value}; Path={}; HttpOnly; SameSite={site}", path(origin)));
}

/// Removes a cookie.
pub fn clear_cookie(response: &mut Response, origin: &Origin, name: &str) {
    let secure = if origin.is_https() { "; Secure" } else { "" };
    append(response, &format!("{name}=; Path={}; Max-Age=0; HttpOnly; SameSite=Lax{secure}", path(origin)));
}

fn append(response: &mut Response, text: &str) {
    // INVARIANT: names and values are ours, ASCII without control characters.
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The role's own part of the shared origin.
fn path(origin: &Origin) -> String {
    let prefix = origin.url("");
    let prefix = prefix.strip_prefix(origin.base()).unwrap_or_default();
    if prefix.is_empty() { "/".into() } else { prefix.to_owned() }
}

/// `locale` of the person: the chosen language, else what the client asked for, else bokmål.
pub fn locale(headers: &HeaderMap, ui_locales: Option<&str>) -> &'static str {
    let chosen = cookie(headers, LANGUAGE_COOKIE);
    let known = |tag: &str| ["nb", "nn", "en", "se"].into_iter().find(|known| *known == tag);
    chosen
        .as_deref()
        .and_then(known)
        .or_else(|| ui_locales.and_then(|tags| tags.split(' ').find_map(known)))
        .unwrap_or("nb")
}

/// The pages' language.
pub fn language(headers: &HeaderMap, ui_locales: Option<&str>) -> Language {
    Language::of_locale(locale(headers, ui_locales))
}

/// An error page; nothing is sent to the client.
pub fn error_page(headers: &HeaderMap, text_id: &str) -> Response {
    httpkit::html_with_status(StatusCode::BAD_REQUEST, pages::error(language(headers, None), text_id))
}

/// The error page of a request that may not be answered to its client.
pub fn fault_page(headers: &HeaderMap, fault: PageFault) -> Response {
    let text_id = match fault {
        PageFault::Client => "error-client",
        PageFault::RedirectUri => "error-redirect",
        PageFault::RequestUri => "error-request",
    };
    error_page(headers, text_id)
}

/// The login under way with this handle, in this browser; else the page that says so.
pub async fn login_under_way(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    handle: &str,
) -> Result<Request, Response> {
    let browser = binding(headers, origin).unwrap_or_default();
    let (login_hash, browser_hash) = (idp.login_digest(handle), idp.browser_digest(&browser));
    match requests::login(&idp.ctx.db, &login_hash, &browser_hash, idp.ctx.clock.now()).await {
        Ok(Some(request)) => Ok(request),
        Ok(None) => Err(error_page(headers, "error-expired")),
        Err(e) => Err(httpkit::internal(&e)),
    }
}
