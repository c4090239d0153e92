//! `GET authorizedparties`: parties that the logged-in user may act for.

use super::App;
use super::authorized::{Defaults, asked, list, user};
use crate::wire::problem::Answer;
use crate::wire::query::{Params, Tri};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;

pub async fn handle(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Answer<Response> {
    let user = user(&app, &caller).await?;
    let params = Params::read(query.as_deref());
    let asked = asked(&params, Defaults { lists: true, filters: Tri::Auto })?;
    Ok(Json(list(&app, user, asked, &params).await?).into_response())
}
