//! `POST …/parties/main-units`: the main units of a sub-unit.

use super::{Params, fields, find, show};
use crate::http::State;
use crate::store::parties;
use crate::wire::v2::{Fields, MainUnits};
use axum::extract;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use httpkit::Json;
use httpkit::problem::{self, FieldProblem};
use kernel::PartyUrn;
use ports::register::PartyRef;
use serde_json::{Value, json};

pub async fn handle(
    extract::State(state): extract::State<State>,
    Query(params): Query<Params>,
    Json(body): Json<MainUnits>,
) -> Response {
    let fields = match fields(&params) {
        Ok(fields) => fields,
        Err(refusal) => return refusal,
    };
    let urn = match body.data.as_deref().map(PartyUrn::parse_digits) {
        Some(Ok(urn @ (PartyUrn::Organization(_) | PartyUrn::Party(_) | PartyUrn::PartyId(_)))) => urn,
        Some(_) => {
            return problem::validation(&[FieldProblem::new("REG.VLD-00002", "Invalid party URN", "/data")]);
        }
        None => {
            return problem::validation(&[FieldProblem::new(
                "REG.VLD-00003",
                "Value cannot be null",
                "/data",
            )]);
        }
    };
    match list(&state, &urn, &fields).await {
        Ok(data) => axum::Json(json!({ "data": data })).into_response(),
        Err(error) => problem::internal(&error),
    }
}

async fn list(state: &State, urn: &PartyUrn, fields: &Fields) -> Result<Vec<Value>, db::Error> {
    let Some(parent) = find(&state.db, urn).await?.and_then(|unit| unit.parent) else { return Ok(vec![]) };
    match parties::party(&state.db, &PartyRef::Uuid(parent)).await? {
        Some(party) => Ok(vec![show(&state.db, party, fields).await?]),
        None => Ok(vec![]),
    }
}
