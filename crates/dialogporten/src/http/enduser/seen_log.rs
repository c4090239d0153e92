//! GET enduser/dialogs/{dialogId}/seenlog and …/{seenLogId}

use crate::Dialogporten;
use crate::domain::language::Preference;
use crate::error::Error;
use crate::request::{Answer, Req};
use crate::store;
use crate::wire::output::Reader;
use axum::extract::State;
use axum::response::Response;

/// Who has seen the dialog.
pub async fn list(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req, false).await)
}

/// One entry.
pub async fn get(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req, true).await)
}

async fn run(dialogs: &Dialogporten, req: &Req, one: bool) -> Result<Answer, Error> {
    let user = dialogs.end_user(req).await?;
    let id = if one { Some(req.id("seenLogId")?) } else { None };
    let (aggregate, grants) = dialogs.readable_part(&user, req.id("dialogId")?).await?;
    let seen = store::logs::seen_of(&dialogs.ctx.db, aggregate.dialog.id).await?;
    // WIRE: dialogporten §7, an unknown entry is told before a level that is too low.
    let found = match id {
        None => None,
        Some(id) => {
            let entry = seen.iter().find(|s| s.id == id);
            Some(entry.ok_or_else(|| Error::NotFound("DialogSeenLog", id.to_string()))?)
        }
    };
    Dialogporten::check_level(&user, &grants)?;
    let reader = Reader {
        languages: &Preference::default(),
        grants: None,
        end_user: true,
        current: Some(&user.urn),
        now: dialogs.ctx.clock.now(),
        mask: &|urn| dialogs.masked(urn),
    };
    Ok(Answer::Body(
        match found {
            Some(entry) => reader.seen(entry, true),
            None => seen.iter().map(|s| reader.seen(s, true)).collect(),
        },
        None,
    ))
}
