//! POST systemuser/{request|agentrequest}/{partyId}/{id}/escalate.

use super::passed_on;
use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::request::escalate;
use axum::extract::{Path, State};
use axum::response::Response;
use httpkit::Caller;

type Ids = Path<(String, String)>;

pub(crate) async fn standard(State(service): Shared, caller: Caller, Path(ids): Ids) -> Response {
    passed_on(escalate(&service, &caller, ids, Kind::Standard).await)
}

pub(crate) async fn agent(State(service): Shared, caller: Caller, Path(ids): Ids) -> Response {
    passed_on(escalate(&service, &caller, ids, Kind::Agent).await)
}
