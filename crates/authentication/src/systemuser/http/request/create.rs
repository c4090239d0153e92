//! POST request/vendor and request/vendor/agent: 201 for a new request, 200 for one that was there, whatever its status.

use super::confirm_url;
use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, writer};
use crate::systemuser::service::{Error, NewRequest, Outcome, Service};
use crate::systemuser::wire::body;
use crate::systemuser::wire::request::{CreateRequestSystemUser, RequestSystemResponse};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{StatusCode, header};
use httpkit::{Caller, Origin};
use serde_json::Value;

pub(crate) async fn standard(
    State(service): Shared,
    caller: Caller,
    origin: Origin,
    httpkit::Json(body): httpkit::Json<Value>,
) -> Answer {
    run(&service, &caller, &origin, &body, Kind::Standard).await
}

pub(crate) async fn agent(
    State(service): Shared,
    caller: Caller,
    origin: Origin,
    httpkit::Json(body): httpkit::Json<Value>,
) -> Answer {
    run(&service, &caller, &origin, &body, Kind::Agent).await
}

async fn run(service: &Service, caller: &Caller, origin: &Origin, body: &Value, kind: Kind) -> Answer {
    let wire: CreateRequestSystemUser = body::read_trimmed(body).map_err(Error::binding)?;
    let vendor = writer(caller)?;
    let new = NewRequest {
        kind,
        system_id: wire.system_id,
        party_org_no: wire.party_org_no,
        external_ref: wire.external_ref,
        title: wire.integration_title,
        // An agent acts by its clients' packages alone.
        rights: wire.rights.filter(|_| kind == Kind::Standard),
        packages: wire.packages,
        redirect_url: wire.redirect_url,
    };
    let (status, request) = match service.create_request(&vendor, new).await? {
        Outcome::Created(request) => (StatusCode::CREATED, request),
        Outcome::Existing(request) => (StatusCode::OK, request),
    };
    let url = confirm_url(origin, kind, request.id);
    let location = origin.url(&format!("/authentication/api/v1/systemuser/request/{}", request.id));
    let answer = Json(RequestSystemResponse::new(request, service.ctx.clock.now()).with_confirm_url(url));
    Ok(match status {
        StatusCode::CREATED => (status, [(header::LOCATION, location)], answer).into_response(),
        _ => (status, answer).into_response(),
    })
}
