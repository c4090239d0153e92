//! `GET /authorization/api/v1/parties`

use crate::service::Pdp;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::{Caller, problem};
use ports::register::{Party, PartyKind, PartyRef};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    #[serde(default)]
    user_id: i64,
}

/// Parties that the caller may act for, in the old form, sub-units under their main units.
pub async fn handle(
    State(pdp): State<Arc<Pdp>>,
    Query(asked): Query<Parameters>,
    caller: Caller,
) -> Response {
    if asked.user_id == 0 {
        return problem::empty(StatusCode::NOT_FOUND);
    }
    if caller.user_id() != Some(asked.user_id) {
        return problem::empty(StatusCode::FORBIDDEN);
    }
    match parties(&pdp, asked.user_id).await {
        Ok(list) if list.is_empty() => problem::empty(StatusCode::NOT_FOUND),
        Ok(list) => Json(list).into_response(),
        Err(error) => httpkit::internal(&error),
    }
}

async fn parties(pdp: &Pdp, user: i64) -> Result<Vec<Value>, db::Error> {
    let Some(user) = pdp.register.party(&PartyRef::UserId(user)).await? else { return Ok(Vec::new()) };
    let mut open: HashSet<Uuid> = pdp.access.parties_of(user.uuid).await?.into_iter().collect();
    open.insert(user.uuid);
    let mut found = read(pdp, &open).await?;
    let mains: HashSet<Uuid> =
        found.iter().filter_map(|party| party.parent).filter(|main| !open.contains(main)).collect();
    found.extend(read(pdp, &mains).await?);
    found.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    let mut below: BTreeMap<Uuid, Vec<Value>> = BTreeMap::new();
    for unit in &found {
        if let Some(main) = unit.parent {
            below.entry(main).or_default().push(wire(unit, false, Vec::new()));
        }
    }
    let tops = found.iter().filter(|party| party.parent.is_none());
    Ok(tops
        .map(|party| wire(party, !open.contains(&party.uuid), below.remove(&party.uuid).unwrap_or_default()))
        .collect())
}

async fn read(pdp: &Pdp, ids: &HashSet<Uuid>) -> Result<Vec<Party>, db::Error> {
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1000) {
        found.extend(pdp.register.parties(chunk).await?);
    }
    Ok(found)
}

fn wire(party: &Party, only_hierarchy: bool, children: Vec<Value>) -> Value {
    // WIRE: authorization §11 has a number of its own for sub-units here, unlike the register.
    let kind = match party.kind {
        PartyKind::Person => 1,
        PartyKind::Organisation => 2,
        PartyKind::SelfIdentified | PartyKind::SystemUser => 3,
        PartyKind::SubUnit => 4,
    };
    json!({
        "partyId": party.id,
        "partyUuid": party.uuid,
        "partyTypeName": kind,
        "orgNumber": party.org_no,
        "ssn": party.pid,
        "unitType": party.unit_type,
        "name": party.listed_name(),
        "isDeleted": party.deleted,
        "onlyHierarchyElementWithNoAccess": only_hierarchy,
        "childParties": children,
    })
}
