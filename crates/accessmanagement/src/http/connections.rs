//! `GET enduser/connections`: with whom a party is connected, one way.

use super::App;
use super::guard::{Action, Asked, connection};
use crate::domain::connection::{Facts, Record};
use crate::wire::connection::{End, Shown, Writer, page};
use crate::wire::problem::Answer;
use crate::wire::query::Params;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;

pub async fn handle(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let asked = connection(&app, &caller, &params, Action::Read).await?;
    let shown = Shown {
        packages: params.flag("includeAccessPackages", false)?,
        resources: params.flag("includeResources", false)?,
        nested: params.flag("includeAgentConnections", true)?,
    };
    params.flag("includeClientDelegations", true)?;
    params.flag("includeInstances", false)?;
    let (facts, records, end) = records(&app, &asked).await?;
    let writer = Writer { catalogue: app.access.catalogue, facts: &facts };
    Ok(Json(page(writer.connections(&records, end, shown))).into_response())
}

/// The records that a call is about, and the end that it lists.
pub async fn records(app: &App, asked: &Asked) -> Answer<(Facts, Vec<Record>, End)> {
    let giver = asked.from.filter(|from| *from == asked.party.uuid);
    let (facts, mut records, end) = match (giver, asked.to) {
        (Some(from), _) => {
            let (facts, records) = app.access.given_by(from).await?;
            (facts, records, End::To)
        }
        (None, to) => {
            let (facts, records) = app.access.received_by(to.unwrap_or(asked.party.uuid)).await?;
            (facts, records, End::From)
        }
    };
    records.retain(|record| {
        record.from != record.to
            && asked.from.is_none_or(|from| record.from == from)
            && asked.to.is_none_or(|to| record.to == to)
    });
    Ok((facts, records, end))
}
