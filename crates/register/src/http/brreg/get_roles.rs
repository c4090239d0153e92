//! `GET /enhetsregisteret/api/enheter/{orgnr}/roller`.

use super::{answer, bad_number, negotiate};
use crate::domain::unit_types::is_sub_unit;
use crate::http::State;
use crate::store::{records, roles};
use crate::wire::brreg;
use axum::extract::{self, OriginalUri, Path};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use httpkit::{Origin, problem};
use kernel::OrgNo;
use serde_json::Value;

pub async fn handle(
    extract::State(state): extract::State<State>,
    Path(org_no): Path<String>,
    OriginalUri(uri): OriginalUri,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let Some(content_type) = negotiate(&headers, "rolle.v1") else {
        return problem::empty(StatusCode::NOT_ACCEPTABLE);
    };
    if OrgNo::parse_digits(&org_no).is_err() {
        return bad_number(uri.path(), &org_no, state.clock.now());
    }
    match body(&state, &org_no, &origin).await {
        Ok(Some(body)) => answer(content_type, &body),
        Ok(None) => problem::empty(StatusCode::NOT_FOUND),
        Err(error) => problem::internal(&error),
    }
}

async fn body(state: &State, org_no: &str, origin: &Origin) -> Result<Option<Value>, db::Error> {
    // Open data, which the real service publishes with a delay, too.
    let db = &state.db.stale_ok();
    let Some(unit) = records::organisation(db, org_no).await? else { return Ok(None) };
    let Some(party) = unit.party_id.filter(|_| !is_sub_unit(&unit.unit_type)) else { return Ok(None) };
    let holders = roles::holders(db, party).await?;
    Ok(Some(brreg::roles(&unit, &holders, origin)))
}
