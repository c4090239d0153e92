//! GET serviceowner/dialogs/{dialogId}/activities and …/{activityId}

use crate::Dialogporten;
use crate::domain::model::Aggregate;
use crate::error::Error;
use crate::request::{Answer, Req};
use crate::store;
use axum::extract::State;
use axum::response::Response;

/// All activities, in short.
pub async fn list(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    let answer = part(&dialogs, &req).await.map(|aggregate| {
        let reader = crate::http::owner_reader(&dialogs);
        Answer::Body(aggregate.activities.iter().map(|a| reader.activity_line(a)).collect(), None)
    });
    req.answer(answer)
}

/// One activity.
pub async fn get(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(one(&dialogs, &req).await)
}

async fn one(dialogs: &Dialogporten, req: &Req) -> Result<Answer, Error> {
    let id = req.id("activityId")?;
    let aggregate = part(dialogs, req).await?;
    let found = aggregate.activities.iter().find(|a| a.id == id);
    let activity = found.ok_or_else(|| Error::NotFound("DialogActivity", id.to_string()))?;
    Ok(Answer::Body(crate::http::owner_reader(dialogs).activity(activity), None))
}

/// The dialog whose parts are asked for: owned and not deleted.
pub async fn part(dialogs: &Dialogporten, req: &Req) -> Result<Aggregate, Error> {
    let owner = dialogs.owner(req).await?;
    let dialog = dialogs.owned(&owner, req.id("dialogId")?).await?;
    if dialog.deleted_at.is_some() {
        return Err(Error::Gone(dialog.id));
    }
    Ok(store::children::load(&dialogs.ctx.db, dialog).await?)
}
