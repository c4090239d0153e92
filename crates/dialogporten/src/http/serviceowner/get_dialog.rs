//! GET serviceowner/dialogs/{dialogId}

use crate::Dialogporten;
use crate::error::Error;
use crate::request::{Answer, Req};
use crate::store;
use crate::wire::output::Reader;
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

/// A dialog as its owner sees it; with `enduserid`, with that person's rights, and seen by that person.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req).await)
}

async fn run(dialogs: &Dialogporten, req: &Req) -> Result<Answer, Error> {
    let owner = dialogs.owner(req).await?;
    let id: Uuid = req.id("dialogId")?;
    let dialog = dialogs.owned(&owner, id).await?;
    let mut aggregate = store::children::load(&dialogs.ctx.db, dialog).await?;
    let mut grants = None;
    if let Some(person) = &owner.person {
        let rights = dialogs.grants(person, &aggregate).await?;
        if !rights.main() {
            return Err(Error::no_dialog(id));
        }
        dialogs.mark_seen(&mut aggregate.dialog, person).await?;
        grants = Some(rights);
    }
    let seen = store::logs::seen_of(&dialogs.ctx.db, id).await?;
    let reader = Reader {
        grants: grants.as_ref(),
        current: owner.person.as_ref().map(|p| p.urn.as_str()),
        ..crate::http::owner_reader(dialogs)
    };
    let body = reader.dialog(&aggregate, &seen, None);
    Ok(Answer::Body(body, Some(aggregate.dialog.revision)))
}
