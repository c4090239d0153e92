//! GET systemuser/vendor/byquery?system-id=&orgno=&external-ref=: of either kind.

use crate::systemuser::domain::Triple;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, reader, required};
use crate::systemuser::service::Error;
use crate::systemuser::wire::user::{ByQuery, SystemUserExternalDto};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use axum_extra::extract::Query;
use httpkit::Caller;

pub(crate) async fn handle(State(service): Shared, caller: Caller, Query(query): Query<ByQuery>) -> Answer {
    let (system_id, org_no) = (required("system-id", query.system_id)?, required("orgno", query.orgno)?);
    let external_ref = query.external_ref.filter(|text| !text.is_empty()).unwrap_or_else(|| org_no.clone());
    let triple = Triple { system_id, org_no, external_ref };
    let user = service.vendors_user(&reader(&caller)?, &triple).await?.ok_or(Error::NOT_FOUND)?;
    Ok(Json(SystemUserExternalDto::from(user)).into_response())
}
