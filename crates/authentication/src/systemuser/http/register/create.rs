//! POST systemregister/vendor. WIRE: 200, not 201, with the bare internal id (identity §4.3).

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, negotiated, registrant};
use crate::systemuser::service::{Error, Service};
use crate::systemuser::wire::body;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use httpkit::Caller;
use serde_json::Value;

pub(crate) async fn handle(
    State(service): Shared,
    caller: Caller,
    headers: HeaderMap,
    httpkit::Json(body): httpkit::Json<Value>,
) -> Response {
    negotiated(&headers, run(&service, &caller, &body).await)
}

async fn run(service: &Service, caller: &Caller, body: &Value) -> Answer {
    let vendor = registrant(caller)?;
    let request = body::read_trimmed(body).map_err(Error::binding)?;
    let system = service.register_system(&vendor, request, &body::capitalised(body)).await?;
    Ok(Json(system.internal_id).into_response())
}
