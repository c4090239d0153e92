//! GET systemuser/request/{id} and systemuser/agentrequest/{id}: what the person is asked.

use super::{language, passed_on};
use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::Service;
use crate::systemuser::wire::portal::RequestFe;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use httpkit::Caller;

pub(crate) async fn standard(
    State(service): Shared,
    caller: Caller,
    cookies: CookieJar,
    Path(id): Path<String>,
) -> Response {
    passed_on(run(&service, &caller, &id, language::of(&cookies), Kind::Standard).await)
}

pub(crate) async fn agent(
    State(service): Shared,
    caller: Caller,
    cookies: CookieJar,
    Path(id): Path<String>,
) -> Response {
    passed_on(run(&service, &caller, &id, language::of(&cookies), Kind::Agent).await)
}

async fn run(service: &Service, caller: &Caller, id: &str, language: &str, kind: Kind) -> Answer {
    let user = service.person(caller).await?;
    let request = service.request(value("requestId", id)?, kind).await?;
    let view = service.request_view(user, &request).await?;
    let resources = service.resources_in_words(&view.resources, language).await?;
    let packages = service.packages_in_words(&view.packages, language).await?;
    let system = service.system_in_short(&view.system_id, language).await?;
    Ok(Json(RequestFe::new(view, system, resources, packages)).into_response())
}
