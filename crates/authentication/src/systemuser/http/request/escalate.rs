//! POST request[/agent]/{party}/{id}/escalate: 200 `true`, or `false` for one who has nothing to do with the party.

use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::Service;
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

pub(in crate::systemuser::http) async fn run(
    service: &Service,
    caller: &Caller,
    (party, id): (String, String),
    kind: Kind,
) -> Answer {
    let (party, id) = (value("party", &party)?, value("requestId", &id)?);
    let user = service.person(caller).await?;
    let party = service.party(party).await?;
    Ok(Json(service.escalate(user, &party, id, kind).await?).into_response())
}
