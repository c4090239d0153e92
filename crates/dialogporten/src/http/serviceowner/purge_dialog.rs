//! POST serviceowner/dialogs/{dialogId}/actions/purge

use crate::Dialogporten;
use crate::error::Error;
use crate::request::{Answer, Req};
use axum::extract::State;
use axum::response::Response;

/// Removes a dialog for good.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req).await)
}

async fn run(dialogs: &Dialogporten, req: &Req) -> Result<Answer, Error> {
    let owner = dialogs.owner(req).await?;
    let dialog = dialogs.owned(&owner, req.id("dialogId")?).await?;
    let if_match = |revision| req.if_match(revision);
    dialogs.purge(&owner, dialog.id, req.silent(), &if_match).await?;
    Ok(Answer::Done(None))
}
