//! GET systemregister: systems that the portal offers.

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::Answer;
use crate::systemuser::store::systems;
use crate::systemuser::wire::register::RegisteredSystemDto;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;

pub(crate) async fn handle(State(service): Shared) -> Answer {
    let systems = systems::visible(&service.ctx.db).await?;
    let systems: Vec<RegisteredSystemDto> = systems.into_iter().map(Into::into).collect();
    Ok(Json(systems).into_response())
}
