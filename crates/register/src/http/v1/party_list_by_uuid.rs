//! `POST /register/api/v1/parties/partylistbyuuid?fetchSubUnits=`.

use crate::http::{State, party_v1};
use crate::store::parties;
use crate::wire::v1;
use axum::extract;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use httpkit::Json;
use httpkit::problem::{self, FieldProblem};
use ports::register::Party;
use serde::Deserialize;
use uuid::Uuid;

const MOST: usize = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    #[serde(default)]
    fetch_sub_units: bool,
}

pub async fn handle(
    extract::State(state): extract::State<State>,
    Query(params): Query<Params>,
    Json(uuids): Json<Vec<Uuid>>,
) -> Response {
    if uuids.len() > MOST {
        return problem::validation(&[FieldProblem::new("REG.VLD-00001", "Too many items requested", "/")]);
    }
    match list(&state, &uuids, params.fetch_sub_units).await {
        Ok(parties) => axum::Json(parties).into_response(),
        Err(error) => problem::internal(&error),
    }
}

async fn list(state: &State, uuids: &[Uuid], with_sub_units: bool) -> Result<Vec<v1::Party>, db::Error> {
    let found = parties::parties(&state.db, uuids).await?;
    let mut sub_units = if with_sub_units { parties::sub_units(&state.db, uuids).await? } else { vec![] };
    let mut out = Vec::with_capacity(found.len());
    for party in found {
        let own: Vec<Party> = sub_units.extract_if(.., |unit| unit.parent == Some(party.uuid)).collect();
        let mut children = Vec::with_capacity(own.len());
        for unit in own {
            children.push(party_v1(&state.db, unit, None).await?);
        }
        out.push(party_v1(&state.db, party, with_sub_units.then_some(children)).await?);
    }
    Ok(out)
}
