//! `GET /login`: the choice among the electronic identities.

use crate::Idporten;
use crate::http::browser;
use crate::pages;
use crate::store::clients;
use crate::wire::params::Params;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use httpkit::Origin;

/// Page 1.
pub async fn get(
    State(idp): State<Idporten>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    page(&idp, &origin, &headers, params.get("t").unwrap_or_default()).await.unwrap_or_else(|refused| refused)
}

async fn page(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    handle: &str,
) -> Result<Response, Response> {
    let request = browser::login_under_way(idp, origin, headers, handle).await?;
    let registered =
        clients::get(&idp.ctx.db, &request.client_id).await.map_err(|e| httpkit::internal(&e))?;
    let name = registered.and_then(|r| r.client.name).unwrap_or_else(|| request.client_id.clone());
    let language = browser::language(headers, request.ui_locales.as_deref());
    let page = pages::choose(language, handle, &name, request.requested);
    Ok(httpkit::html_leading_on(StatusCode::OK, page))
}
