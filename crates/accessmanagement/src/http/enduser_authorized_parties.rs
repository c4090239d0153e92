//! `GET enduser/authorizedparties`: parties that a user or a system user may act for.

use super::App;
use super::authorized::{Defaults, asked, list};
use crate::wire::connection::page;
use crate::wire::problem::Answer;
use crate::wire::query::{Params, Tri};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::{Caller, problem};
use uuid::Uuid;

pub async fn handle(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Answer<Response> {
    let Some(subject) = subject(&app, &caller).await? else {
        return Ok(problem::text(
            StatusCode::UNAUTHORIZED,
            "The token stands for neither a user nor a system user.",
        ));
    };
    let params = Params::read(query.as_deref());
    let asked = asked(&params, Defaults { lists: false, filters: Tri::Auto })?;
    Ok(Json(page(list(&app, subject, asked, &params).await?)).into_response())
}

async fn subject(app: &App, caller: &Caller) -> Answer<Option<Uuid>> {
    if let Some(system_user) = caller.system_user() {
        return Ok(Some(system_user.id));
    }
    let Some(by) = caller.person() else { return Ok(None) };
    Ok(app.access.register.party(&by).await?.map(|party| party.uuid))
}
