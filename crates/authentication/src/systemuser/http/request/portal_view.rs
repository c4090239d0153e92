//! GET request/{id} and request/agent/{id}: for the person who is to decide.

use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::Service;
use crate::systemuser::wire::request::RequestSystemResponseInternal;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::Caller;

pub(crate) async fn standard(State(service): Shared, caller: Caller, Path(id): Path<String>) -> Answer {
    run(&service, &caller, &id, Kind::Standard).await
}

pub(crate) async fn agent(State(service): Shared, caller: Caller, Path(id): Path<String>) -> Answer {
    run(&service, &caller, &id, Kind::Agent).await
}

async fn run(service: &Service, caller: &Caller, id: &str, kind: Kind) -> Answer {
    let user = service.person(caller).await?;
    let request = service.request(value("requestId", id)?, kind).await?;
    let view = service.request_view(user, &request).await?;
    Ok(Json(RequestSystemResponseInternal::new(request, &view)).into_response())
}
