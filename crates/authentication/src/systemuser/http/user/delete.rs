//! DELETE systemuser/{party}/{id} and systemuser/agent/{party}/{id}: the system user loses everything at once.

use crate::systemuser::domain::{Kind, Problem};
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{ACCESS_MANAGEMENT, Revoked};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::StatusCode;
use httpkit::Caller;

type Ids = Path<(String, String)>;

/// WIRE: 202 with body `1`, 404 with body `0` (identity §4.6).
pub(crate) async fn standard(State(service): Shared, caller: Caller, Path((party, id)): Ids) -> Answer {
    let (party, id) = (value("party", &party)?, value("systemUserId", &id)?);
    let (user, party) = service.admitted(&caller, party, ACCESS_MANAGEMENT, "write").await?;
    Ok(match service.revoke(user, party.uuid, id, Kind::Standard).await? {
        Revoked::Done => (StatusCode::ACCEPTED, Json(1)).into_response(),
        Revoked::Absent => (StatusCode::NOT_FOUND, Json(0)).into_response(),
    })
}

/// WIRE: 200 without a body (identity §4.9).
pub(crate) async fn agent(State(service): Shared, caller: Caller, Path((party, id)): Ids) -> Answer {
    let (party, id) = (value("party", &party)?, value("systemUserId", &id)?);
    let (user, party) = service.admitted(&caller, party, ACCESS_MANAGEMENT, "write").await?;
    match service.revoke(user, party.uuid, id, Kind::Agent).await? {
        Revoked::Done => Ok(StatusCode::OK.into_response()),
        Revoked::Absent => Err(Problem::USER_NOT_FOUND.into()),
    }
}
