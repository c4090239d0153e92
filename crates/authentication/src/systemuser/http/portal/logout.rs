//! GET systemuser/{request|agentrequest|changerequest}/{id}/logout: logs the person out and has the browser sent back to the
//! vendor. What the logout is for travels in a cookie that holds the request's id, never an address.

use super::passed_on;
use crate::systemuser::http::answer::{Answer, value};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, SameSite};
use http::{StatusCode, header};
use httpkit::{Origin, Role};
use uuid::Uuid;

const LOGOUT: &str = "/authentication/api/v1/logout";

pub(crate) async fn request(origin: Origin, Path(id): Path<String>) -> Response {
    passed_on(run(&origin, "SystemuserRequestId", &id))
}

pub(crate) async fn agent_request(origin: Origin, Path(id): Path<String>) -> Response {
    passed_on(run(&origin, "SystemuserAgentRequestId", &id))
}

pub(crate) async fn change_request(origin: Origin, Path(id): Path<String>) -> Response {
    passed_on(run(&origin, "SystemuserChangeRequestId", &id))
}

fn run(origin: &Origin, name: &str, id: &str) -> Answer {
    let id: Uuid = value("requestId", id)?;
    let mut cookie = Cookie::build(("AltinnLogoutInfo", format!("{name}={id}")))
        .path("/")
        .http_only(true)
        .secure(origin.is_https())
        .same_site(SameSite::Lax);
    let target = format!("{}{LOGOUT}", origin.of(Role::PLATFORM));
    // On its own host the frontend must reach the platform's host with the cookie; on the one origin both are the same.
    if let Some(domain) = origin.login_domain() {
        cookie = cookie.domain(domain.to_owned());
    }
    // WIRE: a plain 302, and the cookie's inner equals sign as it is (identity §4.12).
    let headers = [(header::SET_COOKIE, cookie.build().to_string()), (header::LOCATION, target)];
    Ok((StatusCode::FOUND, headers).into_response())
}
