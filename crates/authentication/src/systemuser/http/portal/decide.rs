//! POST systemuser/{request|agentrequest}/{partyId}/{id}/{approve|reject}: 200 `true`.

use super::passed_on;
use crate::systemuser::domain::Kind;
use crate::systemuser::domain::request::Decision;
use crate::systemuser::http::Shared;
use crate::systemuser::http::request::decide;
use axum::extract::{Path, State};
use axum::response::Response;
use httpkit::Caller;

type Ids = Path<(String, String)>;

pub(crate) async fn approve_standard(State(service): Shared, caller: Caller, Path(ids): Ids) -> Response {
    passed_on(decide(&service, &caller, ids, Kind::Standard, Decision::Approve).await)
}

pub(crate) async fn approve_agent(State(service): Shared, caller: Caller, Path(ids): Ids) -> Response {
    passed_on(decide(&service, &caller, ids, Kind::Agent, Decision::Approve).await)
}

pub(crate) async fn reject_standard(State(service): Shared, caller: Caller, Path(ids): Ids) -> Response {
    passed_on(decide(&service, &caller, ids, Kind::Standard, Decision::Reject).await)
}

pub(crate) async fn reject_agent(State(service): Shared, caller: Caller, Path(ids): Ids) -> Response {
    passed_on(decide(&service, &caller, ids, Kind::Agent, Decision::Reject).await)
}
