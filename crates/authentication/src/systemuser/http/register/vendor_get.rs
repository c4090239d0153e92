//! GET systemregister/vendor/{systemId}. WIRE: a deleted system still answers 200, with `isDeleted` (identity §4.3).

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, registrant};
use crate::systemuser::service::Error;
use crate::systemuser::wire::register::RegisteredSystemResponse;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::Caller;

pub(crate) async fn handle(State(service): Shared, caller: Caller, Path(id): Path<String>) -> Answer {
    let system = service.own_system(&registrant(&caller)?, &id, Error::NOT_FOUND).await?;
    Ok(Json(RegisteredSystemResponse::from(system)).into_response())
}
