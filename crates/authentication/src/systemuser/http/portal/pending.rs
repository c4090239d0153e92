//! GET systemuser/{partyUuid}/pending: escalated new requests of both kinds, newest first.

use super::passed_on;
use crate::systemuser::domain::{Kind, Problem};
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{ACCESS_MANAGEMENT, Service};
use crate::systemuser::store::requests;
use crate::systemuser::wire::portal::SystemUserFe;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;
use ports::register::PartyRef;

pub(crate) async fn handle(State(service): Shared, caller: Caller, Path(party): Path<String>) -> Response {
    passed_on(run(&service, &caller, &party).await)
}

async fn run(service: &Service, caller: &Caller, party: &str) -> Answer {
    let party = service.deps.register.party(&PartyRef::Uuid(value("partyUuid", party)?)).await?;
    let party = party.ok_or(Problem::PARTY_NOT_FOUND)?;
    let user = service.person(caller).await?;
    service.admit(caller.auth_level(), user, party.uuid, ACCESS_MANAGEMENT, "write").await?;
    let mut pending = Vec::new();
    if let Some(org_no) = &party.org_no {
        for kind in [Kind::Standard, Kind::Agent] {
            pending.extend(requests::pending(&service.ctx.db, org_no, kind).await?);
        }
    }
    pending.retain(|request| request.escalated);
    pending.sort_by_key(|request| std::cmp::Reverse(request.created));
    let mut list = Vec::new();
    for request in pending {
        let system = service.unnamed(&request.system_id).await?;
        list.push(SystemUserFe::pending(request, party.id, system));
    }
    Ok(Json(list).into_response())
}
