//! PUT enduser/dialogs/{dialogId}/context/systemlabels

use crate::Dialogporten;
use crate::error::Error;
use crate::label;
use crate::request::{Answer, Payload, Req};
use crate::store;
use crate::wire::reader::{self, Obj};
use axum::extract::State;
use axum::response::Response;

/// Sets labels on one dialog.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req, Payload(body): Payload) -> Response {
    req.answer(run(&dialogs, &req, &body).await)
}

async fn run(dialogs: &Dialogporten, req: &Req, body: &[u8]) -> Result<Answer, Error> {
    let user = dialogs.end_user(req).await?;
    let id = req.id("dialogId")?;
    let body = reader::body(body)?;
    let (set, errors) = label::read(&Obj::root(&body)?)?;
    errors.into_result().map_err(Error::Invalid)?;
    let dialog = store::dialogs::get(&dialogs.ctx.db, id).await?.filter(|d| d.deleted_at.is_none());
    let dialog = dialog.ok_or_else(|| Error::no_dialog(id))?;
    if !dialogs.not_allowed(&user, &[id]).await?.is_empty() {
        let reason = format!("The following dialog ids are unauthorized and/or missing: ({id}).");
        return Err(Error::Forbidden(reason));
    }
    req.if_match(dialog.user_revision)?;
    let expected = req.headers.contains_key(http::header::IF_MATCH).then_some(dialog.user_revision);
    let revision = dialogs.label(&user, &[(id, expected)], &set).await?;
    Ok(Answer::Done(revision))
}
