//! `DELETE enduser/connections/resources`: takes back all rights to a resource; absent is as good as removed.

use super::App;
use super::guard::{Action, connection};
use crate::store::assignments;
use crate::wire::problem::{Answer, am_with, invalid};
use crate::wire::query::Params;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::Caller;

pub async fn handle(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let asked = connection(&app, &caller, &params, Action::Write).await?;
    let required = |name: &str| invalid("STD.VLD-00000", &[&format!("QUERY/{name}")], &[]);
    let from = asked.from.ok_or_else(|| required("from"))?;
    let to = asked.to.ok_or_else(|| required("to"))?;
    let id = params.get("resource").map(str::to_lowercase).ok_or_else(|| required("resource"))?;
    if app.access.resources.resource(&id).await?.is_none() {
        return Err(am_with("AM-00027", "resource", &id));
    }
    let access = &app.access;
    let change = access.change(from, to, asked.user);
    db::write_tx!(access.db, "am.resource_revoke", |tx| {
        assignments::remove_resource(tx, access.catalogue, &change, &id).await
    })?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
