//! GET request/{party}/{id} and request/agent/{party}/{id}: for those who may read the party's access.

use crate::systemuser::domain::{Kind, Problem};
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{ACCESS_MANAGEMENT, Service};
use crate::systemuser::wire::request::RequestSystemResponse;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::Caller;

type Ids = Path<(String, String)>;

pub(crate) async fn standard(State(service): Shared, caller: Caller, Path(ids): Ids) -> Answer {
    run(&service, &caller, ids, Kind::Standard).await
}

pub(crate) async fn agent(State(service): Shared, caller: Caller, Path(ids): Ids) -> Answer {
    run(&service, &caller, ids, Kind::Agent).await
}

async fn run(service: &Service, caller: &Caller, (party, id): (String, String), kind: Kind) -> Answer {
    let (party, id) = (value("party", &party)?, value("requestId", &id)?);
    let (_, party) = service.admitted(caller, party, ACCESS_MANAGEMENT, "read").await?;
    let request = service.request(id, kind).await?;
    if party.org_no.as_deref() != Some(request.party_org_no.as_str()) {
        return Err(Problem::REQUEST_NOT_FOUND.into());
    }
    let answer = RequestSystemResponse::new(request, service.ctx.clock.now()).without_escalation();
    Ok(Json(answer).into_response())
}
