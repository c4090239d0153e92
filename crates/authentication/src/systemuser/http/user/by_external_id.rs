//! GET systemuser/byExternalId: Maskinporten's look-up (identity §4.7).

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, required};
use crate::systemuser::store::users;
use crate::systemuser::wire::user::{ByExternalId, SystemUserExternalDto};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use axum_extra::extract::Query;
use http::{StatusCode, header};

pub(crate) async fn handle(State(service): Shared, Query(query): Query<ByExternalId>) -> Answer {
    let client_id = required("clientId", query.client_id)?;
    let vendor = required("systemProviderOrgNo", query.system_provider_org_no)?;
    let owner = required("systemUserOwnerOrgNo", query.system_user_owner_org_no)?;
    let external_ref = query.external_ref.filter(|text| !text.is_empty()).unwrap_or_else(|| owner.clone());
    let user = users::by_client(&service.ctx.db, &client_id, &vendor, &owner, &external_ref).await?;
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    Ok(match user {
        Some(user) => (no_store, Json(SystemUserExternalDto::for_maskinporten(user))).into_response(),
        None => (StatusCode::NOT_FOUND, no_store).into_response(),
    })
}
