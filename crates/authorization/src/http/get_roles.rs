//! `GET /authorization/api/v1/roles`

use crate::service::Pdp;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::{Caller, problem};
use ports::register::PartyRef;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    #[serde(default)]
    covered_by_user_id: i64,
    #[serde(default)]
    offered_by_party_id: i64,
}

/// Legacy role codes that the caller has for a party.
pub async fn handle(
    State(pdp): State<Arc<Pdp>>,
    Query(asked): Query<Parameters>,
    caller: Caller,
) -> Response {
    if asked.covered_by_user_id == 0 || asked.offered_by_party_id == 0 {
        return problem::empty(StatusCode::BAD_REQUEST);
    }
    if caller.user_id() != Some(asked.covered_by_user_id) {
        return problem::empty(StatusCode::FORBIDDEN);
    }
    match roles(&pdp, &asked).await {
        Ok(roles) if roles.is_empty() => problem::empty(StatusCode::NOT_FOUND),
        Ok(roles) => Json(roles).into_response(),
        Err(error) => httpkit::internal(&error),
    }
}

async fn roles(pdp: &Pdp, asked: &Parameters) -> Result<Vec<Value>, db::Error> {
    let user = pdp.register.party(&PartyRef::UserId(asked.covered_by_user_id)).await?;
    let party = pdp.register.party(&PartyRef::Id(asked.offered_by_party_id)).await?;
    let (Some(user), Some(party)) = (user, party) else { return Ok(Vec::new()) };
    let connection = pdp.access.connection(party.uuid, user.uuid).await?;
    let mut codes: Vec<String> = connection
        .roles
        .iter()
        .filter_map(|urn| urn.strip_prefix("urn:altinn:rolecode:"))
        .map(str::to_uppercase)
        .collect();
    codes.sort();
    codes.dedup();
    Ok(codes.into_iter().map(|code| json!({ "type": "altinn", "value": code })).collect())
}
