//! PATCH serviceowner/dialogs/{dialogId}

use crate::Dialogporten;
use crate::error::Error;
use crate::request::{Answer, Payload, Req};
use crate::store;
use crate::wire::patch;
use axum::extract::State;
use axum::response::Response;
use http::header;

/// Applies a JSON Patch to the update form of a dialog.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req, Payload(body): Payload) -> Response {
    req.answer(run(&dialogs, &req, &body).await)
}

async fn run(dialogs: &Dialogporten, req: &Req, body: &[u8]) -> Result<Answer, Error> {
    let owner = dialogs.owner(req).await?;
    let kind = req.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind != "application/json-patch+json" && kind != "application/json" {
        return Err(Error::MediaType);
    }
    let document = serde_json::from_slice(body).map_err(|e| Error::PatchDocument(e.to_string()))?;
    let dialog = dialogs.owned(&owner, req.id("dialogId")?).await?;
    let aggregate = store::children::load(&dialogs.ctx.db, dialog.clone()).await?;
    let target = patch::target(&aggregate, dialogs.ctx.clock.now());
    let body = patch::apply(target, &document)?;
    super::update_dialog::replace(dialogs, req, &owner, &dialog, &body).await
}
