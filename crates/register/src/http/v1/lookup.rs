//! `POST /register/api/v1/parties/lookup`: a party by person or organisation number.

use crate::http::{State, party_v1};
use crate::store::parties;
use crate::wire::v1::Lookup;
use axum::extract;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::Json;
use httpkit::problem::{self, FieldProblem};
use kernel::{OrgNo, Pid};
use ports::register::PartyRef;

pub async fn handle(extract::State(state): extract::State<State>, Json(lookup): Json<Lookup>) -> Response {
    let by = match key(lookup) {
        Ok(by) => by,
        Err(error) => return problem::validation(&[error]),
    };
    let found = match parties::party(&state.db, &by).await {
        Ok(found) => found,
        Err(error) => return problem::internal(&error),
    };
    if matches!(by, PartyRef::Pid(_))
        && let Err(error) =
            state.looked_up("register.lookup", &[found.as_ref().map(|party| party.uuid)]).await
    {
        return problem::internal(&error);
    }
    let Some(party) = found else {
        return problem::altinn(StatusCode::NOT_FOUND, "REG-00007", "Party not found");
    };
    match party_v1(&state.db, party, None).await {
        Ok(party) => axum::Json(party).into_response(),
        Err(error) => problem::internal(&error),
    }
}

fn key(lookup: Lookup) -> Result<PartyRef, FieldProblem> {
    match (lookup.ssn, lookup.org_no) {
        (Some(pid), None) if Pid::parse_digits(&pid).is_ok() => Ok(PartyRef::Pid(pid)),
        (Some(_), None) => Err(FieldProblem::new("REG.VLD-00007", "Invalid person number", "/ssn")),
        (None, Some(org_no)) if OrgNo::parse_digits(&org_no).is_ok() => Ok(PartyRef::OrgNo(org_no)),
        (None, Some(_)) => Err(FieldProblem::new("REG.VLD-00006", "Invalid organization number", "/orgNo")),
        (Some(_), Some(_)) => {
            let mut error = FieldProblem::new("REG.VLD-00008", "Values are mutually exclusive", "/ssn");
            error.paths.push("/orgNo".to_owned());
            Err(error)
        }
        (None, None) => {
            let mut error = FieldProblem::new("REG.VLD-00003", "Value cannot be null", "/ssn");
            error.paths.push("/orgNo".to_owned());
            Err(error)
        }
    }
}
