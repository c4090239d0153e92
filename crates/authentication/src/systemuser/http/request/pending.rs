//! GET request[/agent]/{party}/{orgno}/pending: new requests to an organisation.

use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{ACCESS_MANAGEMENT, Error, Service};
use crate::systemuser::store::requests;
use crate::systemuser::wire::request::RequestSystemResponse;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::Caller;

type Ids = Path<(String, String)>;

pub(crate) async fn standard(State(service): Shared, caller: Caller, Path(ids): Ids) -> Answer {
    run(&service, &caller, ids, Kind::Standard).await
}

pub(crate) async fn agent(State(service): Shared, caller: Caller, Path(ids): Ids) -> Answer {
    run(&service, &caller, ids, Kind::Agent).await
}

async fn run(service: &Service, caller: &Caller, (party, org_no): (String, String), kind: Kind) -> Answer {
    let (_, party) = service.admitted(caller, value("party", &party)?, ACCESS_MANAGEMENT, "write").await?;
    // The organisation of the path must be the party that the caller was admitted to.
    if party.org_no.as_deref() != Some(org_no.as_str()) {
        return Err(Error::FORBIDDEN);
    }
    let mut requests = requests::pending(&service.ctx.db, &org_no, kind).await?;
    // WIRE: agent requests are listed only once escalated (identity §4.4).
    requests.retain(|request| kind == Kind::Standard || request.escalated);
    let now = service.ctx.clock.now();
    let answer: Vec<_> =
        requests.into_iter().map(|request| RequestSystemResponse::new(request, now)).collect();
    Ok(Json(answer).into_response())
}
