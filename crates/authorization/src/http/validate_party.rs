//! `GET /authorization/api/v1/parties/{partyId}/validate`

use crate::service::Pdp;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::{Caller, problem};
use ports::register::PartyRef;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    user_id: Option<String>,
}

pub async fn handle(
    State(pdp): State<Arc<Pdp>>,
    Path(party_id): Path<String>,
    Query(parameters): Query<Parameters>,
    caller: Caller,
) -> Response {
    let user = parameters.user_id.as_deref().filter(|text| !text.is_empty()).unwrap_or("0");
    let Ok(user) = user.parse::<i64>() else {
        return problem::aspnet(&[("userId", "The value is not valid.")]);
    };
    let Ok(party) = party_id.parse::<i64>() else {
        return problem::aspnet(&[("partyId", "The value is not valid.")]);
    };
    if user == 0 || party == 0 {
        return problem::empty(StatusCode::NOT_FOUND);
    }
    if caller.user_id() != Some(user) {
        return problem::empty(StatusCode::FORBIDDEN);
    }
    match may_represent(&pdp, user, party).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => httpkit::internal(&error),
    }
}

/// May the user act for the party in any matter at all.
async fn may_represent(pdp: &Pdp, user: i64, party: i64) -> Result<bool, db::Error> {
    let Some(user) = pdp.register.party(&PartyRef::UserId(user)).await? else { return Ok(false) };
    let Some(party) = pdp.register.party(&PartyRef::Id(party)).await? else { return Ok(false) };
    Ok(user.uuid == party.uuid || pdp.access.parties_of(user.uuid).await?.contains(&party.uuid))
}
