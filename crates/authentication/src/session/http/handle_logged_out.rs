//! `GET logout/handleloggedout`: the provider's session has ended; where to now.

use crate::session::Portal;
use crate::session::http::browser::{self, Cookies, LOGOUT_COOKIE};
use crate::systemuser::redirect_of_request;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use httpkit::{Origin, Role};
use uuid::Uuid;

/// Leads back to the vendor whose request was decided, else to the start page.
pub async fn get(State(portal): State<Portal>, origin: Origin, headers: HeaderMap) -> Response {
    let info = browser::cookie(&headers, LOGOUT_COOKIE).unwrap_or_default();
    let next = match next(&portal, &origin, &info).await {
        Ok(next) => next.unwrap_or_else(|| browser::start_page(&origin)),
        Err(e) => return httpkit::internal(&e),
    };
    let mut response = browser::redirect(&next);
    Cookies::new(&portal, &origin).clear(&mut response, LOGOUT_COOKIE);
    response
}

async fn next(portal: &Portal, origin: &Origin, info: &str) -> db::Result<Option<String>> {
    match read(info) {
        Some(After::SafeRedirect) => {
            Ok(Some(format!("{}/accessmanagement/api/v1/logoutredirect", origin.of(Role::AM_UI))))
        }
        Some(After::Request(id)) => redirect_of_request(&portal.ctx.db, id).await,
        None => Ok(None),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum After {
    /// The access-management frontend knows where to go.
    SafeRedirect,
    /// A system user request was decided: its vendor wants the browser back.
    Request(Uuid),
}

/// Reads `k=v` pairs. WIRE: they are separated by question marks (identity §3.7), which some browsers encode.
fn read(info: &str) -> Option<After> {
    const REQUESTS: [&str; 3] =
        ["SystemuserRequestId", "SystemuserChangeRequestId", "SystemuserAgentRequestId"];
    let info = info.replace("%3F", "?").replace("%3D", "=");
    let mut pairs = info.split('?').filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(name, value)| match name {
        "amSafeRedirectUrl" => Some(After::SafeRedirect),
        name if REQUESTS.contains(&name) => value.parse().ok().map(After::Request),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_is_found_among_the_pairs() {
        let id = Uuid::from_u128(7);
        assert_eq!(read(&format!("x=1?SystemuserRequestId={id}")), Some(After::Request(id)));
        assert_eq!(read("SystemuserRequestId=nonsense"), None);
        assert_eq!(read("amSafeRedirectUrl=https://evil.example"), Some(After::SafeRedirect));
        assert_eq!(read(""), None);
    }
}
