//! `GET …/parties/{uuid}?fields=`

use super::{Params, fields, show};
use crate::http::State;
use crate::store::parties;
use axum::Json;
use axum::extract::{self, Path};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::problem;
use ports::register::PartyRef;

pub async fn handle(
    extract::State(state): extract::State<State>,
    Path(uuid): Path<String>,
    Query(params): Query<Params>,
) -> Response {
    let Ok(uuid) = uuid.parse() else { return problem::empty(StatusCode::NOT_FOUND) };
    let fields = match fields(&params) {
        Ok(fields) => fields,
        Err(refusal) => return refusal,
    };
    match parties::party(&state.db, &PartyRef::Uuid(uuid)).await {
        Ok(Some(party)) => match show(&state.db, party, &fields).await {
            Ok(party) => Json(party).into_response(),
            Err(error) => problem::internal(&error),
        },
        // WIRE: 400 and not 404 (register-profile A3).
        Ok(None) => problem::altinn(StatusCode::BAD_REQUEST, "REG-00003", "Party not found"),
        Err(error) => problem::internal(&error),
    }
}
