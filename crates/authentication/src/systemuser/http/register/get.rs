//! GET systemregister/{systemId}: also a deleted or invisible system.

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::Answer;
use crate::systemuser::service::Error;
use crate::systemuser::store::systems;
use crate::systemuser::wire::register::RegisteredSystemDto;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;

pub(crate) async fn handle(State(service): Shared, Path(id): Path<String>) -> Answer {
    let system = systems::get(&service.ctx.db, &id).await?.ok_or(Error::NOT_FOUND)?;
    Ok(Json(RegisteredSystemDto::from(system)).into_response())
}
