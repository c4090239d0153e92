//! GET systemuser/{party}/{id}/delegations: what a standard system user has been given.

use crate::systemuser::domain::{Kind, Problem};
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::ACCESS_MANAGEMENT;
use crate::systemuser::wire::user::StandardSystemUserDelegations;
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
    let (_, party) = service.admitted(&caller, party, ACCESS_MANAGEMENT, "read").await?;
    let user = service.live_user(id).await?.filter(|user| user.owner == party.uuid);
    let user = user.ok_or(Problem::USER_NOT_FOUND)?;
    if user.kind != Kind::Standard {
        return Err(Problem::EXPECTED_STANDARD.into());
    }
    let (rights, access_packages) = service.given_to(&user).await?;
    Ok(Json(StandardSystemUserDelegations { system_user_id: user.id, rights, access_packages })
        .into_response())
}
