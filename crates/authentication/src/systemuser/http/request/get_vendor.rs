//! GET request/vendor/{id} and request/vendor/agent/{id}.

use super::confirm_url;
use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, reader, value};
use crate::systemuser::service::Service;
use crate::systemuser::wire::request::RequestSystemResponse;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::{Caller, Origin};

pub(crate) async fn standard(
    State(service): Shared,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Answer {
    run(&service, &caller, &origin, &id, Kind::Standard).await
}

pub(crate) async fn agent(
    State(service): Shared,
    caller: Caller,
    origin: Origin,
    Path(id): Path<String>,
) -> Answer {
    run(&service, &caller, &origin, &id, Kind::Agent).await
}

async fn run(service: &Service, caller: &Caller, origin: &Origin, id: &str, kind: Kind) -> Answer {
    let request = service.request_of(&reader(caller)?, value("requestId", id)?, kind).await?;
    let url = confirm_url(origin, kind, request.id);
    let answer = RequestSystemResponse::new(request, service.ctx.clock.now()).without_escalation();
    Ok(Json(answer.with_confirm_url(url)).into_response())
}
