//! POST systemuser/{partyId}: a party sets a system user up by itself; 200 with its id.

use super::passed_on;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{ACCESS_MANAGEMENT, Error, Service};
use crate::systemuser::wire::body;
use crate::systemuser::wire::request::CreateSystemUser;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;
use serde_json::{Value, json};

pub(crate) async fn handle(
    State(service): Shared,
    caller: Caller,
    Path(party): Path<String>,
    httpkit::Json(body): httpkit::Json<Value>,
) -> Response {
    passed_on(run(&service, &caller, &party, &body).await)
}

async fn run(service: &Service, caller: &Caller, party: &str, body: &Value) -> Answer {
    let wire: CreateSystemUser = body::read(body).map_err(Error::binding)?;
    let (person, party) =
        service.admitted(caller, value("partyId", party)?, ACCESS_MANAGEMENT, "write").await?;
    let user = service.create_user(person, &party, &wire.system_id, &wire.integration_title).await?;
    Ok(Json(json!({ "id": user.id })).into_response())
}
