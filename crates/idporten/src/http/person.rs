//! `GET|POST /person`: the choice of person and level. Searching is a POST, so that a number never stands in an address.

use crate::Idporten;
use crate::domain::authorize::Request;
use crate::domain::eid::Eid;
use crate::http::browser;
use crate::pages::{self, PersonPage};
use crate::wire::params::Params;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use httpkit::Origin;

/// People shown at once.
const SHOWN: usize = 10;

/// Page 2 as it first appears.
pub async fn get(
    State(idp): State<Idporten>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    search(&idp, &origin, &headers, &params).await.unwrap_or_else(|refused| refused)
}

/// Page 2 after a search.
pub async fn post(State(idp): State<Idporten>, origin: Origin, headers: HeaderMap, body: Bytes) -> Response {
    search(&idp, &origin, &headers, &Params::parse(&body)).await.unwrap_or_else(|refused| refused)
}

async fn search(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Response, Response> {
    let request = browser::login_under_way(idp, origin, headers, params.get("t").unwrap_or_default()).await?;
    page(idp, headers, params, &request, None).await
}

/// The page for what has been filled in so far, with a fault if the last answer had one.
pub async fn page(
    idp: &Idporten,
    headers: &HeaderMap,
    params: &Params,
    request: &Request,
    fault: Option<&str>,
) -> Result<Response, Response> {
    let Some(eid) = params.get("eid").and_then(Eid::parse) else {
        return Err(browser::error_page(headers, "error-request"));
    };
    let internal = |e: db::Error| httpkit::internal(&e);
    let search = params.get("q").unwrap_or_default().trim();
    let people = idp.register.find_persons(search, SHOWN).await.map_err(internal)?;
    let number = if people.is_empty() && idp.may_log_in(search).await.map_err(internal)? {
        Some(search)
    } else {
        None
    };
    let level = params.get("level").and_then(|level| level.parse().ok());
    let markup = pages::person(&PersonPage {
        language: browser::language(headers, request.ui_locales.as_deref()),
        handle: params.get("t").unwrap_or_default(),
        eid,
        level: level.unwrap_or_else(|| eid.default_level()),
        search,
        people: &people,
        number,
        fault,
    });
    let status = if fault.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(httpkit::html_leading_on(status, markup))
}
