//! GET systemregister/vendor: the vendor's own systems, invisible ones too.

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, registrant};
use crate::systemuser::store::systems;
use crate::systemuser::wire::register::RegisteredSystemDto;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use httpkit::Caller;

pub(crate) async fn handle(State(service): Shared, caller: Caller) -> Answer {
    let vendor = registrant(&caller)?;
    let systems = systems::of_vendor(&service.ctx.db, &vendor.org_no).await?;
    let systems: Vec<RegisteredSystemDto> = systems.into_iter().map(Into::into).collect();
    Ok(Json(systems).into_response())
}
