//! POST serviceowner/dialogs

use crate::Dialogporten;
use crate::error::Error;
use crate::request::{Answer, Payload, Req};
use crate::wire::output::location;
use crate::wire::reader;
use axum::extract::State;
use axum::response::Response;

/// Makes a dialog.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req, Payload(body): Payload) -> Response {
    req.answer(run(&dialogs, &req, &body).await)
}

async fn run(dialogs: &Dialogporten, req: &Req, body: &[u8]) -> Result<Answer, Error> {
    let owner = dialogs.owner(req).await?;
    let (input, errors) = super::reading(dialogs, &owner).create(&reader::body(body)?)?;
    errors.into_result().map_err(Error::Invalid)?;
    let (id, revision) = dialogs.create_dialog(&owner, input, req.silent()).await?;
    Ok(Answer::Created(location(id, ""), id, revision))
}
