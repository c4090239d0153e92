//! POST request[/agent]/{party}/{id}/approve and …/reject: 200 `true`.

use crate::systemuser::domain::Kind;
use crate::systemuser::domain::request::Decision;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{ACCESS_MANAGEMENT, Service, Verdict};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::Caller;

type Ids = Path<(String, String)>;

pub(crate) async fn approve_standard(State(service): Shared, caller: Caller, Path(ids): Ids) -> Answer {
    run(&service, &caller, ids, Kind::Standard, Decision::Approve).await
}

pub(crate) async fn approve_agent(State(service): Shared, caller: Caller, Path(ids): Ids) -> Answer {
    run(&service, &caller, ids, Kind::Agent, Decision::Approve).await
}

pub(crate) async fn reject_standard(State(service): Shared, caller: Caller, Path(ids): Ids) -> Answer {
    run(&service, &caller, ids, Kind::Standard, Decision::Reject).await
}

pub(crate) async fn reject_agent(State(service): Shared, caller: Caller, Path(ids): Ids) -> Answer {
    run(&service, &caller, ids, Kind::Agent, Decision::Reject).await
}

pub(in crate::systemuser::http) async fn run(
    service: &Service,
    caller: &Caller,
    (party, id): (String, String),
    kind: Kind,
    decision: Decision,
) -> Answer {
    let (party, request) = (value("party", &party)?, value("requestId", &id)?);
    let (user, party) = service.admitted(caller, party, ACCESS_MANAGEMENT, "write").await?;
    service.decide(&Verdict { user, party: &party, request, kind, decision }).await?;
    Ok(Json(true).into_response())
}
