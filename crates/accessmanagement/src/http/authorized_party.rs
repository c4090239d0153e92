//! `GET authorizedparty/{partyId}`: one party that the logged-in user may act for.

use super::App;
use super::authorized::{Defaults, asked, list, user};
use crate::wire::authorized_party::find;
use crate::wire::problem::{Answer, unbound};
use crate::wire::query::{Params, Tri};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;

pub async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(party_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let user = user(&app, &caller).await?;
    let params = Params::read(query.as_deref());
    let mut asked = asked(&params, Defaults { lists: true, filters: Tri::Auto })?;
    // WIRE: this operation has no partyFilter (authorization §11).
    asked.parties.clear();
    let party_id: i64 =
        party_id.parse().map_err(|_| unbound("partyId", &format!("The value '{party_id}' is not valid.")))?;
    let found = find(list(&app, user, asked, &params).await?, party_id).filter(|_| party_id != 0);
    let refused = || unbound("InvalidParty", "The party is unknown, or the user may not act for it.");
    Ok(Json(found.ok_or_else(refused)?).into_response())
}
