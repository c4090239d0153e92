//! GET systemuser/{partyId} and systemuser/agent/{partyId}: newest first.

use super::passed_on;
use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{ACCESS_MANAGEMENT, OVERVIEW, Service};
use crate::systemuser::store::users;
use crate::systemuser::wire::portal::SystemUserFe;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;

pub(crate) async fn standard(State(service): Shared, caller: Caller, Path(party): Path<String>) -> Response {
    passed_on(run(&service, &caller, &party, Kind::Standard).await)
}

pub(crate) async fn agent(State(service): Shared, caller: Caller, Path(party): Path<String>) -> Response {
    passed_on(run(&service, &caller, &party, Kind::Agent).await)
}

async fn run(service: &Service, caller: &Caller, party: &str, kind: Kind) -> Answer {
    let resource = if kind == Kind::Agent { OVERVIEW } else { ACCESS_MANAGEMENT };
    let (_, party) = service.admitted(caller, value("partyId", party)?, resource, "read").await?;
    let mut list = Vec::new();
    for user in users::of_owner(&service.ctx.db, party.uuid).await? {
        if user.kind == kind {
            let system = service.unnamed(&user.system_id).await?;
            list.push(SystemUserFe::in_list(user, system));
        }
    }
    Ok(Json(list).into_response())
}
