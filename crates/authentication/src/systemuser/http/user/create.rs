//! POST systemuser/{party}/create: a party sets a system user up by itself. WIRE: 200, not 201 (identity §4.5).

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{ACCESS_MANAGEMENT, Error};
use crate::systemuser::wire::body;
use crate::systemuser::wire::request::CreateSystemUser;
use crate::systemuser::wire::user::SystemUserInternalDto;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::Caller;
use serde_json::Value;

pub(crate) async fn handle(
    State(service): Shared,
    caller: Caller,
    Path(party): Path<String>,
    httpkit::Json(body): httpkit::Json<Value>,
) -> Answer {
    let wire: CreateSystemUser = body::read(&body).map_err(Error::binding)?;
    let (person, party) =
        service.admitted(&caller, value("party", &party)?, ACCESS_MANAGEMENT, "write").await?;
    let user = service.create_user(person, &party, &wire.system_id, &wire.integration_title).await?;
    let ids = service.internal_ids(std::slice::from_ref(&user)).await?;
    let internal_id = ids.get(&user.system_id).copied().unwrap_or_default();
    Ok(Json(SystemUserInternalDto::in_list(user, internal_id)).into_response())
}
