//! GET serviceowner/dialogs/{dialogId}/seenlog and …/{seenLogId}

use super::activities::part;
use crate::Dialogporten;
use crate::domain::model::Seen;
use crate::error::Error;
use crate::request::{Answer, Req};
use crate::store;
use axum::extract::State;
use axum::response::Response;

/// Who has seen the dialog.
pub async fn list(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    let answer = entries(&dialogs, &req).await.map(|seen| {
        let reader = crate::http::owner_reader(&dialogs);
        Answer::Body(seen.iter().map(|s| reader.seen(s, false)).collect(), None)
    });
    req.answer(answer)
}

/// One entry.
pub async fn get(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(one(&dialogs, &req).await)
}

async fn one(dialogs: &Dialogporten, req: &Req) -> Result<Answer, Error> {
    let id = req.id("seenLogId")?;
    let seen = entries(dialogs, req).await?;
    let entry = seen.iter().find(|s| s.id == id);
    let entry = entry.ok_or_else(|| Error::NotFound("DialogSeenLog", id.to_string()))?;
    Ok(Answer::Body(crate::http::owner_reader(dialogs).seen(entry, false), None))
}

async fn entries(dialogs: &Dialogporten, req: &Req) -> Result<Vec<Seen>, Error> {
    let aggregate = part(dialogs, req).await?;
    Ok(store::logs::seen_of(&dialogs.ctx.db, aggregate.dialog.id).await?)
}
