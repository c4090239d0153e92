//! `POST /choose`: the person logs in.

use crate::Idporten;
use crate::domain::acr::Acr;
use crate::domain::authorize::Request;
use crate::domain::eid::Eid;
use crate::http::finish::{self, NewLogin};
use crate::http::{browser, person};
use crate::wire::params::Params;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use httpkit::Origin;

/// Ends the login with a code, or shows page 2 again with what is wrong.
pub async fn post(State(idp): State<Idporten>, origin: Origin, headers: HeaderMap, body: Bytes) -> Response {
    choose(&idp, &origin, &headers, &Params::parse(&body)).await.unwrap_or_else(|refused| refused)
}

async fn choose(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Response, Response> {
    let handle = params.get("t").unwrap_or_default();
    let request = browser::login_under_way(idp, origin, headers, handle).await?;
    let pid = params.get("pid").or_else(|| params.get("q")).unwrap_or_default().trim();
    if !idp.may_log_in(pid).await.map_err(|e| httpkit::internal(&e))? {
        return person::page(idp, headers, params, &request, Some("fault-number")).await;
    }
    let Some((eid, acr)) = chosen_level(params, &request) else {
        return person::page(idp, headers, params, &request, Some("fault-level")).await;
    };
    let made = NewLogin { pid: pid.to_owned(), acr, amr: eid.amr() };
    finish::finish_login(idp, origin, headers, handle, &made).await
}

/// Levels 1 and 2 are a developer's deliberate choice and go through; the others must reach what the client asked for.
fn chosen_level(params: &Params, request: &Request) -> Option<(Eid, Acr)> {
    let eid = Eid::parse(params.get("eid")?)?;
    let level = params.get("level").map_or(Some(eid.default_level()), |level| level.parse().ok())?;
    let acr = Acr::of_test_level(level)?;
    (level <= 2 || request.requested.accepts(acr)).then_some((eid, acr))
}
