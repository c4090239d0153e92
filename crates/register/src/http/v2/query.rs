//! `POST …/parties/query?fields=`: parties by URN.

use super::{Params, fields, find, show};
use crate::http::State;
use crate::wire::v2::{self, Fields};
use axum::extract;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::Json;
use httpkit::problem::{self, FieldProblem};
use kernel::PartyUrn;
use serde_json::{Value, json};
use std::collections::HashSet;

const MOST: usize = 100;

pub async fn handle(
    extract::State(state): extract::State<State>,
    Query(params): Query<Params>,
    Json(query): Json<v2::Query>,
) -> Response {
    let fields = match fields(&params) {
        Ok(fields) => fields,
        Err(refusal) => return refusal,
    };
    let urns = match urns(query) {
        Ok(urns) => urns,
        Err(errors) => return problem::validation(&errors),
    };
    match list(&state, &urns, &fields).await {
        Ok((data, all)) => {
            // WIRE: 206 tells that some were not found.
            let status = if all { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
            (status, axum::Json(json!({ "data": data }))).into_response()
        }
        Err(error) => problem::internal(&error),
    }
}

fn urns(query: v2::Query) -> Result<Vec<PartyUrn>, Vec<FieldProblem>> {
    let Some(data) = query.data else {
        return Err(vec![FieldProblem::new("REG.VLD-00003", "Value cannot be null", "/data")]);
    };
    if data.len() > MOST {
        return Err(vec![FieldProblem::new("REG.VLD-00001", "Too many items requested", "/data")]);
    }
    let (mut urns, mut errors) = (Vec::with_capacity(data.len()), Vec::new());
    for (at, text) in data.iter().enumerate() {
        match PartyUrn::parse_digits(text) {
            Ok(urn) => urns.push(urn),
            Err(_) => {
                errors.push(FieldProblem::new("REG.VLD-00002", "Invalid party URN", format!("/data/{at}")));
            }
        }
    }
    if errors.is_empty() { Ok(urns) } else { Err(errors) }
}

/// The parties, each once, and whether every URN named one.
async fn list(state: &State, urns: &[PartyUrn], fields: &Fields) -> Result<(Vec<Value>, bool), db::Error> {
    let (mut data, mut seen, mut all) = (Vec::new(), HashSet::new(), true);
    let mut people = Vec::new();
    for urn in urns {
        let found = find(&state.db, urn).await?;
        if matches!(urn, PartyUrn::Person(_)) {
            people.push(found.as_ref().map(|party| party.uuid));
        }
        match found {
            Some(party) if seen.insert(party.uuid) => data.push(show(&state.db, party, fields).await?),
            Some(_) => {}
            None => all = false,
        }
    }
    state.looked_up("register.query", &people).await?;
    Ok((data, all))
}
