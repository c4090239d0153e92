//! GET metadata/limits

use crate::Dialogporten;
use crate::request::{Answer, Req};
use crate::wire::query::{END_USER, MANY, OWNER};
use axum::extract::State;
use axum::response::Response;
use serde_json::json;

/// Most values of the filters of a search.
pub async fn limits(State(_): State<Dialogporten>, req: Req) -> Response {
    let body = json!({
        "endUserSearch": {
            "maxPartyFilterValues": END_USER.parties,
            "maxServiceResourceFilterValues": MANY,
            "maxOrgFilterValues": MANY,
            "maxExtendedStatusFilterValues": MANY,
        },
        "serviceOwnerSearch": {
            "maxPartyFilterValues": OWNER.parties,
            "maxServiceResourceFilterValues": MANY,
            "maxExtendedStatusFilterValues": MANY,
        },
    });
    req.answer(req.accepts_json().map(|()| Answer::Body(body, None)))
}
