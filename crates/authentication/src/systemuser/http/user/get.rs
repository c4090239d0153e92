//! GET systemuser/{party}/{id}: with what the system user has now.

use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{Error, OVERVIEW};
use crate::systemuser::wire::user::SystemUserInternalDto;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::Caller;

pub(crate) async fn handle(
    State(service): Shared,
    caller: Caller,
    Path((party, id)): Path<(String, String)>,
) -> Answer {
    let (party, id) = (value("party", &party)?, value("systemUserId", &id)?);
    let (_, party) = service.admitted(&caller, party, OVERVIEW, "read").await?;
    let user =
        service.live_user(id).await?.filter(|user| user.owner == party.uuid).ok_or(Error::NOT_FOUND)?;
    let internal_id = service.internal_ids(std::slice::from_ref(&user)).await?;
    let internal_id = internal_id.get(&user.system_id).copied().unwrap_or_default();
    let (rights, packages) = match user.kind {
        Kind::Standard => {
            let (rights, packages) = service.given_to(&user).await?;
            (Some(rights), packages)
        }
        Kind::Agent => (None, user.packages.clone()),
    };
    Ok(Json(SystemUserInternalDto::detail(user, internal_id, packages, rights)).into_response())
}
