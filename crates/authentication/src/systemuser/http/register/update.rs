//! PUT systemregister/vendor/{systemId}: replaces everything.

use crate::systemuser::domain::register::{id_mismatch, org_no_of_reference};
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, negotiated, registrant};
use crate::systemuser::service::{Error, Service, Written};
use crate::systemuser::store::systems::ChangeType;
use crate::systemuser::wire::body;
use crate::systemuser::wire::register::{RegisterSystemRequest, SystemRegisterUpdateResult};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use httpkit::Caller;
use serde_json::Value;

pub(crate) async fn handle(
    State(service): Shared,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    httpkit::Json(body): httpkit::Json<Value>,
) -> Response {
    negotiated(&headers, run(&service, &caller, &id, &body).await)
}

async fn run(service: &Service, caller: &Caller, id: &str, body: &Value) -> Answer {
    let vendor = registrant(caller)?;
    let request: RegisterSystemRequest = body::read_trimmed(body).map_err(Error::binding)?;
    let unknown = || Error::text(404, format!("System with ID '{id}' not found."));
    let stored = service.own_system(&vendor, id, unknown()).await?;
    // WIRE: another vendor in the body reads as if the system were unknown (identity §4.3).
    if org_no_of_reference(&request.vendor.id) != Some(stored.vendor_org_no.as_str()) {
        return Err(unknown());
    }
    if request.id != stored.id {
        return Err(Error::Invalid(vec![id_mismatch()]));
    }
    if stored.deleted {
        return Err(Error::text(400, format!("System with ID '{id}' is deleted.")));
    }
    let system = service.replaced(stored, request).await?;
    let data = body::capitalised(body);
    service
        .write_system(Written { system, change_type: ChangeType::Update, vendor: &vendor, data: Some(&data) })
        .await?;
    Ok(Json(SystemRegisterUpdateResult::DONE).into_response())
}
