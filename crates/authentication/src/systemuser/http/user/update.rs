//! PUT systemuser. WIRE: answers 200 and changes nothing (identity §4.6).

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{ACCESS_MANAGEMENT, Error};
use crate::systemuser::wire::body;
use crate::systemuser::wire::user::UpdateSystemUser;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use httpkit::Caller;
use serde_json::Value;

pub(crate) async fn handle(
    State(service): Shared,
    caller: Caller,
    httpkit::Json(body): httpkit::Json<Value>,
) -> Answer {
    let wire: UpdateSystemUser = body::read(&body).map_err(Error::binding)?;
    let party_id = wire.party_id.to_string();
    let party_id = value("partyId", party_id.trim_matches('"'))?;
    let (_, party) = service.admitted(&caller, party_id, ACCESS_MANAGEMENT, "write").await?;
    let user = service.live_user(wire.id).await?.filter(|user| user.owner == party.uuid);
    user.map(|_| StatusCode::OK.into_response()).ok_or(Error::NOT_FOUND)
}
