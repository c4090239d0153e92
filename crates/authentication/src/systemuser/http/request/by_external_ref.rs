//! GET request/vendor[/agent]/byexternalref/{systemId}/{orgNo}/{externalRef}.

use super::confirm_url;
use crate::systemuser::domain::{Kind, Triple};
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, reader};
use crate::systemuser::service::Service;
use crate::systemuser::wire::request::RequestSystemResponse;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use httpkit::{Caller, Origin};

type Reference = Path<(String, String, String)>;

pub(crate) async fn standard(
    State(service): Shared,
    caller: Caller,
    origin: Origin,
    Path(reference): Reference,
) -> Answer {
    run(&service, &caller, &origin, reference, Kind::Standard).await
}

pub(crate) async fn agent(
    State(service): Shared,
    caller: Caller,
    origin: Origin,
    Path(reference): Reference,
) -> Answer {
    run(&service, &caller, &origin, reference, Kind::Agent).await
}

async fn run(
    service: &Service,
    caller: &Caller,
    origin: &Origin,
    (system_id, org_no, external_ref): (String, String, String),
    kind: Kind,
) -> Answer {
    let triple = Triple { system_id, org_no, external_ref };
    let request = service.request_by_ref(&reader(caller)?, &triple, kind).await?;
    let url = confirm_url(origin, kind, request.id);
    let answer = RequestSystemResponse::new(request, service.ctx.clock.now());
    // WIRE: only the agent variant tells whether the request is escalated (identity §4.2).
    let answer = if kind == Kind::Agent { answer } else { answer.without_escalation() };
    Ok(Json(answer.with_confirm_url(url)).into_response())
}
