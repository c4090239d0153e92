//! GET systemuser/{party} and systemuser/agent/{party}.

use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{ACCESS_MANAGEMENT, OVERVIEW, Service};
use crate::systemuser::store::users;
use crate::systemuser::wire::user::SystemUserInternalDto;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::Caller;

pub(crate) async fn standard(State(service): Shared, caller: Caller, Path(party): Path<String>) -> Answer {
    run(&service, &caller, &party, Kind::Standard).await
}

pub(crate) async fn agent(State(service): Shared, caller: Caller, Path(party): Path<String>) -> Answer {
    run(&service, &caller, &party, Kind::Agent).await
}

async fn run(service: &Service, caller: &Caller, party: &str, kind: Kind) -> Answer {
    let party_id: i64 = value("partyId", party)?;
    if party_id < 1 {
        return Ok(Json(Vec::<SystemUserInternalDto>::new()).into_response());
    }
    let resource = if kind == Kind::Agent { OVERVIEW } else { ACCESS_MANAGEMENT };
    let (_, party) = service.admitted(caller, party_id, resource, "read").await?;
    let mut users = users::of_owner(&service.ctx.db, party.uuid).await?;
    users.retain(|user| user.kind == kind);
    let ids = service.internal_ids(&users).await?;
    let answer: Vec<_> = users
        .into_iter()
        .map(|user| {
            let internal_id = ids.get(&user.system_id).copied().unwrap_or_default();
            SystemUserInternalDto::in_list(user, internal_id)
        })
        .collect();
    Ok(Json(answer).into_response())
}
