//! `DELETE enduser/connections`: removes a right holder, with everything given if so asked.

use super::App;
use super::guard::{Action, connection};
use crate::domain::catalogue::Provider;
use crate::store::assignments::{self, Between};
use crate::wire::problem::{Answer, Failure, invalid};
use crate::wire::query::Params;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::Caller;
use ports::accessmanagement::Grant;
use serde_json::Value;
use uuid::Uuid;

pub async fn handle(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let cascade = params.flag("cascade", false);
    let asked = connection(&app, &caller, &params, Action::Write).await?;
    let required = |name: &str| invalid("STD.VLD-00000", &[&format!("QUERY/{name}")], &[]);
    let from = asked.from.ok_or_else(|| required("from"))?;
    let to = asked.to.ok_or_else(|| required("to"))?;
    if !cascade? {
        refuse_while_in_use(&app, from, to).await?;
    }
    let access = &app.access;
    let change = access.change(from, to, asked.user);
    let removable = |role: Uuid| {
        access.catalogue.find_role(&role.to_string()).is_some_and(|key| {
            key == access.catalogue.known.rettighetshaver
                || access.catalogue.role(key).provider == Provider::Altinn2
        })
    };
    db::write_tx!(access.db, "am.connection_remove", |tx| {
        assignments::remove_all(tx, &change, removable).await
    })?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn refuse_while_in_use(app: &App, from: Uuid, to: Uuid) -> Answer<()> {
    let catalogue = app.access.catalogue;
    let links = assignments::links(&app.access.db, catalogue, Between::ToFrom(&[to], &[from])).await?;
    let ids: Vec<Uuid> = links.iter().filter_map(|link| link.assignment).collect();
    let (mut packages, mut resources) = (Vec::new(), Vec::new());
    for row in assignments::grants(&app.access.db, catalogue, &ids).await? {
        match row.granted.grant {
            Grant::Package(urn) => packages.push(urn),
            Grant::Right(right) => resources.push(right.resource),
        }
    }
    let roles: Vec<String> = links
        .iter()
        .map(|link| catalogue.role(link.role))
        .filter(|role| role.provider == Provider::Altinn2)
        .map(|role| role.code.clone())
        .collect();
    let members: Vec<(&str, Value)> = [("packages", packages), ("resources", resources), ("roles", roles)]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(member, names)| (member, Value::from(names.join(","))))
        .collect();
    if members.is_empty() {
        return Ok(());
    }
    Err::<(), Failure>(invalid("AM.VLD-00010", &["QUERY/cascade"], &members))
}
