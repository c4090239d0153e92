//! POST serviceowner/dialogs/{dialogId}/activities

use crate::Dialogporten;
use crate::error::Error;
use crate::request::{Answer, Payload, Req};
use crate::wire::output::location;
use crate::wire::reader;
use crate::write::Write;
use axum::extract::State;
use axum::response::Response;

/// Appends one activity to a dialog.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req, Payload(body): Payload) -> Response {
    req.answer(run(&dialogs, &req, &body).await)
}

async fn run(dialogs: &Dialogporten, req: &Req, body: &[u8]) -> Result<Answer, Error> {
    let owner = dialogs.owner(req).await?;
    let dialog_id = req.id("dialogId")?;
    let (input, errors) = super::reading(dialogs, &owner).activity(&reader::body(body)?)?;
    errors.into_result().map_err(Error::Invalid)?;
    let dialog = dialogs.owned_by_code(&owner, dialog_id).await?;
    let id = input.activities.first().map(|part| part.id).unwrap_or_default();
    let if_match = |revision| req.if_match(revision);
    let write =
        Write { silent: req.silent(), replace: false, activity_only: true, if_match: Some(&if_match) };
    let (revision, _) = dialogs.change_dialog(&owner, &dialog, input, write).await?;
    Ok(Answer::Created(location(dialog_id, &format!("/activities/{id}")), id, revision))
}
