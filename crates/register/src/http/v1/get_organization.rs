//! `GET /register/api/v1/organizations/{orgNr}`.

use crate::http::State;
use crate::store::records;
use crate::wire::v1::Organization;
use axum::Json;
use axum::extract::{self, Path};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::problem::{self, FieldProblem};
use kernel::OrgNo;

pub async fn handle(extract::State(state): extract::State<State>, Path(org_no): Path<String>) -> Response {
    if OrgNo::parse_digits(&org_no).is_err() {
        let error = FieldProblem::new("REG.VLD-00006", "Invalid organization number", "/$PATH/orgNr");
        return problem::validation(&[error]);
    }
    match records::organisation(&state.db, &org_no).await {
        Ok(Some(unit)) => Json(Organization::new(&unit)).into_response(),
        Ok(None) => problem::altinn(StatusCode::NOT_FOUND, "REG-00006", "Organization not found"),
        Err(error) => problem::internal(&error),
    }
}
