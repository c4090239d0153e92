//! PUT serviceowner/dialogs/{dialogId}

use crate::Dialogporten;
use crate::caller::Owner;
use crate::domain::model::Dialog;
use crate::error::Error;
use crate::request::{Answer, Payload, Req};
use crate::wire::reader;
use crate::write::Write;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

/// Replaces what can be changed of a dialog.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req, Payload(body): Payload) -> Response {
    req.answer(run(&dialogs, &req, &body).await)
}

async fn run(dialogs: &Dialogporten, req: &Req, body: &[u8]) -> Result<Answer, Error> {
    let owner = dialogs.owner(req).await?;
    let body = reader::body(body)?;
    let dialog = dialogs.owned(&owner, req.id("dialogId")?).await?;
    replace(dialogs, req, &owner, &dialog, &body).await
}

/// Checks the new form of the dialog and stores it.
pub async fn replace(
    dialogs: &Dialogporten,
    req: &Req,
    owner: &Owner,
    dialog: &Dialog,
    body: &Value,
) -> Result<Answer, Error> {
    let (input, errors) = super::reading(dialogs, owner).update(body)?;
    errors.into_result().map_err(Error::Invalid)?;
    let if_match = |revision| req.if_match(revision);
    let write =
        Write { silent: req.silent(), replace: true, activity_only: false, if_match: Some(&if_match) };
    let (revision, _) = dialogs.change_dialog(owner, dialog, input, write).await?;
    Ok(Answer::Done(Some(revision)))
}
