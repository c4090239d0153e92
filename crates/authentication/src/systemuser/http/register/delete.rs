//! DELETE systemregister/vendor/{systemId}: the system stays as deleted, its client ids become free.

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, registrant};
use crate::systemuser::service::{Error, Written};
use crate::systemuser::store::systems::ChangeType;
use crate::systemuser::wire::register::SystemRegisterUpdateResult;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::Caller;

pub(crate) async fn handle(State(service): Shared, caller: Caller, Path(id): Path<String>) -> Answer {
    let vendor = registrant(&caller)?;
    // WIRE: the framework's 400 with member `return`, also for a second deletion (identity §4.3).
    let refused = |reason: &str| Error::Binding { field: "return".to_owned(), reason: reason.to_owned() };
    let mut system = service.own_system(&vendor, &id, refused("The system does not exist.")).await?;
    if system.deleted {
        return Err(refused("The system is deleted already."));
    }
    system.deleted = true;
    system.client_ids = Vec::new();
    service
        .write_system(Written { system, change_type: ChangeType::Delete, vendor: &vendor, data: None })
        .await?;
    Ok(Json(SystemRegisterUpdateResult::DONE).into_response())
}
