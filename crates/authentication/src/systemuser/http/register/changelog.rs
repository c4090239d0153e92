//! GET systemregister/vendor/{systemId}/changelog: newest first, readable after deletion.

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, negotiated, registrant};
use crate::systemuser::service::{Error, Service};
use crate::systemuser::store::systems;
use crate::systemuser::wire::register::SystemChangeLog;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use httpkit::Caller;

pub(crate) async fn handle(
    State(service): Shared,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    negotiated(&headers, run(&service, &caller, &id).await)
}

async fn run(service: &Service, caller: &Caller, id: &str) -> Answer {
    let unknown = Error::text(404, format!("System with ID '{id}' not found."));
    let system = service.own_system(&registrant(caller)?, id, unknown).await?;
    let changes = systems::changes(&service.ctx.db, id).await?;
    let log: Vec<_> =
        changes.into_iter().map(|change| SystemChangeLog::new(system.internal_id, change)).collect();
    Ok(Json(log).into_response())
}
