//! `GET /enhetsregisteret/api/enheter/{orgnr}` and `…/underenheter/{orgnr}`.

use super::{answer, bad_number, negotiate};
use crate::domain::unit_types::is_sub_unit;
use crate::http::State;
use crate::store::records;
use crate::wire::brreg;
use axum::extract::{self, OriginalUri, Path};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use httpkit::{Origin, problem};
use kernel::OrgNo;

pub async fn main_unit(
    state: extract::State<State>,
    path: Path<String>,
    uri: OriginalUri,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let kind = negotiate(&headers, "enhet.v2");
    handle(state, path, uri, origin, kind, false).await
}

pub async fn sub_unit(
    state: extract::State<State>,
    path: Path<String>,
    uri: OriginalUri,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let kind = negotiate(&headers, "underenhet.v2");
    handle(state, path, uri, origin, kind, true).await
}

async fn handle(
    extract::State(state): extract::State<State>,
    Path(org_no): Path<String>,
    OriginalUri(uri): OriginalUri,
    origin: Origin,
    content_type: Option<String>,
    sub_unit: bool,
) -> Response {
    let Some(content_type) = content_type else { return problem::empty(StatusCode::NOT_ACCEPTABLE) };
    if OrgNo::parse_digits(&org_no).is_err() {
        return bad_number(uri.path(), &org_no, state.clock.now());
    }
    // Open data, which the real service publishes with a delay, too.
    match records::organisation(&state.db.stale_ok(), &org_no).await {
        Ok(Some(unit)) if is_sub_unit(&unit.unit_type) == sub_unit => {
            answer(content_type, &brreg::unit(&unit, &origin))
        }
        Ok(_) => problem::empty(StatusCode::NOT_FOUND),
        Err(error) => problem::internal(&error),
    }
}
