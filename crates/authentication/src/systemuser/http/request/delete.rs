//! DELETE request/vendor/{id}: of either kind.

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, reader, value};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::StatusCode;
use httpkit::Caller;

pub(crate) async fn handle(State(service): Shared, caller: Caller, Path(id): Path<String>) -> Answer {
    service.delete_request(&reader(&caller)?, value("requestId", &id)?).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}
