//! GET systemregister/{systemId}/rights and …/accesspackages: in registered order; an unknown system has none.

use crate::systemuser::domain::Right;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::Answer;
use crate::systemuser::store::systems;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum_extra::extract::Query;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Format {
    #[serde(rename = "useOldFormatForApp")]
    use_old_format_for_app: Option<String>,
}

pub(crate) async fn rights(
    State(service): Shared,
    Path(id): Path<String>,
    Query(format): Query<Format>,
) -> Answer {
    let rights = systems::get(&service.ctx.db, &id).await?.map(|system| system.rights).unwrap_or_default();
    let old = format.use_old_format_for_app.is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    let rights = if old { rights.iter().map(Right::in_old_app_format).collect() } else { rights };
    Ok(Json(rights).into_response())
}

pub(crate) async fn packages(State(service): Shared, Path(id): Path<String>) -> Answer {
    let system = systems::get(&service.ctx.db, &id).await?;
    Ok(Json(system.map(|system| system.packages).unwrap_or_default()).into_response())
}
