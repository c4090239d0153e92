//! `POST enduser/connections`: makes someone a right holder; idempotent.

use super::App;
use super::guard::{check_types, giver};
use super::person::{PersonInput, known_receiver};
use crate::store::assignments;
use crate::wire::problem::{Answer, invalid};
use crate::wire::query::Params;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;
use serde_json::json;

pub async fn handle(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let asked = giver(&app, &caller, &params).await?;
    let receiver = match (PersonInput::read(&body)?, asked.to) {
        (Some(person), _) => person.find(&app, &asked).await?,
        (None, Some(_)) => known_receiver(&app, &asked).await?,
        (None, None) => {
            return Err(invalid("STD.VLD-00000", &["QUERY/to", "/PersonIdentifier", "/LastName"], &[]));
        }
    };
    if receiver.uuid == asked.party.uuid {
        let member = ("to", "from and to must differ".into());
        return Err(invalid("AM.VLD-00009", &["QUERY/from", "QUERY/to"], &[member]));
    }
    check_types(&asked.party, &receiver)?;
    let access = &app.access;
    let change = access.change(asked.party.uuid, receiver.uuid, asked.user);
    let role = access.catalogue.known.rettighetshaver;
    let (id, _) = db::write_tx!(access.db, "am.connection_add", |tx| {
        assignments::assign(tx, access.catalogue, &change, role).await
    })?;
    let role_id = access.catalogue.role(role).id;
    Ok(Json(json!({ "id": id, "roleId": role_id, "fromId": change.from, "toId": change.to })).into_response())
}
