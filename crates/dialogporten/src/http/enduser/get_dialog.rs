//! GET enduser/dialogs/{dialogId}

use crate::Dialogporten;
use crate::error::Error;
use crate::request::{Answer, Req};
use crate::wire::output::Reader;
use axum::extract::State;
use axum::response::Response;

/// Opens a dialog: the caller has then seen it.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req).await)
}

async fn run(dialogs: &Dialogporten, req: &Req) -> Result<Answer, Error> {
    let user = dialogs.end_user(req).await?;
    let languages = req.languages()?;
    let opened = dialogs.open(&user, req.id("dialogId")?).await?;
    let dialog = &opened.aggregate.dialog;
    let token = dialogs.dialog_token(&user, dialog, &opened.grants)?;
    let reader = Reader {
        languages: &languages,
        grants: Some(&opened.grants),
        end_user: true,
        current: Some(&user.urn),
        now: dialogs.ctx.clock.now(),
        mask: &|urn| dialogs.masked(urn),
    };
    Ok(Answer::Body(reader.dialog(&opened.aggregate, &opened.seen, Some(token)), Some(dialog.revision)))
}
