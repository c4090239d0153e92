//! DELETE serviceowner/dialogs/{dialogId} and POST …/actions/restore

use crate::Dialogporten;
use crate::error::Error;
use crate::request::{Answer, Req};
use axum::extract::State;
use axum::response::Response;

/// Soft-deletes a dialog.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req, true).await)
}

/// Takes a soft-deleted dialog back.
pub async fn restore(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req, false).await)
}

async fn run(dialogs: &Dialogporten, req: &Req, delete: bool) -> Result<Answer, Error> {
    let owner = dialogs.owner(req).await?;
    let dialog = dialogs.owned(&owner, req.id("dialogId")?).await?;
    let if_match = |revision| req.if_match(revision);
    let revision = dialogs.set_deleted(&owner, dialog.id, delete, req.silent(), &if_match).await?;
    Ok(Answer::Done(Some(revision)))
}
