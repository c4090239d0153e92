//! `DELETE enduser/connections/accesspackages`: takes a package back; absent is as good as removed.

use super::App;
use super::access_packages_grant::wanted;
use super::guard::{Action, Asked, connection};
use crate::store::assignments;
use crate::wire::problem::{Answer, invalid};
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
    let giver = app.access.party(from).await?.ok_or_else(|| invalid("AM.VLD-00006", &["QUERY/from"], &[]))?;
    let (package, _) = wanted(&app, &Asked { party: giver, ..asked }, &params)?;
    let access = &app.access;
    let change = access.change(from, to, asked.user);
    db::write_tx!(access.db, "am.package_revoke", |tx| {
        assignments::remove_package(tx, access.catalogue, &change, package).await
    })?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
