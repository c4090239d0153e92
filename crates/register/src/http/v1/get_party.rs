//! `GET /register/api/v1/parties/{partyId}` and `…/byuuid/{partyUuid}`.

use crate::http::{State, party_v1};
use crate::store::parties;
use axum::Json;
use axum::extract::{self, Path};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::{Caller, problem};
use ports::register::{Party, PartyRef};

pub async fn by_id(state: extract::State<State>, caller: Caller, Path(id): Path<String>) -> Response {
    // WIRE: the path asks for a whole number; anything else is no route.
    let Ok(id) = id.parse() else { return problem::empty(StatusCode::NOT_FOUND) };
    handle(state, caller, PartyRef::Id(id)).await
}

pub async fn by_uuid(state: extract::State<State>, caller: Caller, Path(uuid): Path<String>) -> Response {
    let Ok(uuid) = uuid.parse() else { return problem::empty(StatusCode::NOT_FOUND) };
    handle(state, caller, PartyRef::Uuid(uuid)).await
}

async fn handle(extract::State(state): extract::State<State>, caller: Caller, by: PartyRef) -> Response {
    match find(&state, &caller, &by).await {
        Ok(Some(party)) => match party_v1(&state.db, party, None).await {
            Ok(party) => Json(party).into_response(),
            Err(error) => problem::internal(&error),
        },
        Ok(None) if caller.org_code().is_some() => problem::empty(StatusCode::NOT_FOUND),
        // WIRE: a user who may not see the party, and one who asks for nobody, are told the same (register-profile A2).
        Ok(None) => problem::empty(StatusCode::UNAUTHORIZED),
        Err(error) => problem::internal(&error),
    }
}

async fn find(state: &State, caller: &Caller, by: &PartyRef) -> Result<Option<Party>, db::Error> {
    let Some(party) = parties::party(&state.db, by).await? else { return Ok(None) };
    if caller.org_code().is_some() {
        return Ok(Some(party));
    }
    let user = match caller.person() {
        Some(by) => parties::party(&state.db, &by).await?,
        None => None,
    };
    let Some(user) = user else { return Ok(None) };
    let allowed = user.uuid == party.uuid || state.access.parties_of(user.uuid).await?.contains(&party.uuid);
    Ok(allowed.then_some(party))
}
