//! GET systemuser/{partyId}/{id} and systemuser/agent/{partyId}/{id}: with resources and packages.

use super::{language, passed_on};
use crate::systemuser::domain::{Kind, Problem, Right};
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::{Error, OVERVIEW, Service};
use crate::systemuser::wire::portal::SystemUserFe;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use http::StatusCode;
use httpkit::Caller;

type Ids = Path<(String, String)>;

pub(crate) async fn standard(
    State(service): Shared,
    caller: Caller,
    cookies: CookieJar,
    Path(ids): Ids,
) -> Response {
    passed_on(run(&service, &caller, ids, language::of(&cookies), Kind::Standard).await)
}

/// WIRE: an unknown agent is an empty 404, an unknown standard system user AMUI-00015 (identity §4.12).
pub(crate) async fn agent(
    State(service): Shared,
    caller: Caller,
    cookies: CookieJar,
    Path(ids): Ids,
) -> Response {
    match run(&service, &caller, ids, language::of(&cookies), Kind::Agent).await {
        Err(Error::Problem(problem)) if problem.status() == 404 => StatusCode::NOT_FOUND.into_response(),
        answer => passed_on(answer),
    }
}

async fn run(
    service: &Service,
    caller: &Caller,
    (party, id): (String, String),
    language: &str,
    kind: Kind,
) -> Answer {
    let (party, id) = (value("partyId", &party)?, value("systemUserId", &id)?);
    let (_, party) = service.admitted(caller, party, OVERVIEW, "read").await?;
    let user = service.live_user(id).await?.filter(|user| user.owner == party.uuid && user.kind == kind);
    let user = user.ok_or(Problem::USER_NOT_FOUND)?;
    let (rights, packages) = match kind {
        Kind::Standard => service.given_to(&user).await?,
        Kind::Agent => (Vec::new(), user.packages.clone()),
    };
    let ids: Vec<String> = rights.iter().filter_map(Right::resource_id).map(str::to_owned).collect();
    let urns: Vec<String> = packages.into_iter().map(|package| package.urn).collect();
    let system = service.system_in_short(&user.system_id, language).await?;
    let answer = SystemUserFe {
        resources: service.resources_in_words(&ids, language).await?,
        access_packages: service.packages_in_words(&urns, language).await?,
        ..SystemUserFe::in_list(user, system)
    };
    Ok(Json(answer).into_response())
}
