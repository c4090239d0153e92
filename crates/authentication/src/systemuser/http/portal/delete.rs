//! DELETE systemuser/{partyId}/{id} and systemuser/agent/{partyId}/{id}. WIRE: 202 without a body; any failure is 404
//! (identity §4.12).

use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::value;
use crate::systemuser::service::{ACCESS_MANAGEMENT, Error, Revoked, Service};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::{Caller, problem};

type Ids = Path<(String, String)>;

pub(crate) async fn standard(State(service): Shared, caller: Caller, Path(ids): Ids) -> Response {
    answer(run(&service, &caller, ids, Kind::Standard).await)
}

pub(crate) async fn agent(State(service): Shared, caller: Caller, Path(ids): Ids) -> Response {
    answer(run(&service, &caller, ids, Kind::Agent).await)
}

async fn run(
    service: &Service,
    caller: &Caller,
    (party, id): (String, String),
    kind: Kind,
) -> Result<Revoked, Error> {
    let (party, id) = (value("partyId", &party)?, value("systemUserId", &id)?);
    let (user, party) = service.admitted(caller, party, ACCESS_MANAGEMENT, "write").await?;
    service.revoke(user, party.uuid, id, kind).await
}

fn answer(revoked: Result<Revoked, Error>) -> Response {
    match revoked {
        Ok(Revoked::Done) => StatusCode::ACCEPTED.into_response(),
        Err(Error::Db(error)) => problem::internal(&error),
        Ok(Revoked::Absent) | Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
