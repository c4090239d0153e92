//! PUT systemregister/vendor/{systemId}/rights and …/accesspackages: each replaces its list.

use crate::systemuser::domain::System;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, negotiated, registrant};
use crate::systemuser::service::{Error, Service, Vendor, Written};
use crate::systemuser::store::systems::ChangeType;
use crate::systemuser::wire::body;
use crate::systemuser::wire::register::SystemRegisterUpdateResult;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use httpkit::Caller;
use serde_json::Value;

pub(crate) async fn rights(
    State(service): Shared,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    httpkit::Json(body): httpkit::Json<Value>,
) -> Response {
    let run = async {
        let vendor = registrant(&caller)?;
        let rights = body::read(&body).map_err(Error::binding)?;
        let system = service.with_rights(live(&service, &vendor, &id).await?, rights).await?;
        write(&service, &vendor, system, ChangeType::RightsUpdate, &body).await
    };
    negotiated(&headers, run.await)
}

pub(crate) async fn packages(
    State(service): Shared,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    httpkit::Json(body): httpkit::Json<Value>,
) -> Response {
    let run = async {
        let vendor = registrant(&caller)?;
        let packages = body::read(&body).map_err(Error::binding)?;
        let system = service.with_packages(live(&service, &vendor, &id).await?, packages).await?;
        write(&service, &vendor, system, ChangeType::AccessPackageUpdate, &body).await
    };
    negotiated(&headers, run.await)
}

async fn live(service: &Service, vendor: &Vendor, id: &str) -> Result<System, Error> {
    let unknown = Error::text(404, format!("System with ID '{id}' not found."));
    let system = service.own_system(vendor, id, unknown).await?;
    if system.deleted {
        Err(Error::text(400, format!("System with ID '{id}' is deleted.")))
    } else {
        Ok(system)
    }
}

async fn write(
    service: &Service,
    vendor: &Vendor,
    system: System,
    change_type: ChangeType,
    body: &Value,
) -> Answer {
    let data = body::capitalised(body);
    service.write_system(Written { system, change_type, vendor, data: Some(&data) }).await?;
    Ok(Json(SystemRegisterUpdateResult::DONE).into_response())
}
