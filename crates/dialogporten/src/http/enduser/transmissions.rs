//! GET enduser/dialogs/{dialogId}/transmissions and …/{transmissionId}

use crate::Dialogporten;
use crate::error::Error;
use crate::request::{Answer, Req};
use crate::wire::output::Reader;
use axum::extract::State;
use axum::response::Response;

/// All transmissions.
pub async fn list(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req, false).await)
}

/// One transmission.
pub async fn get(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req, true).await)
}

async fn run(dialogs: &Dialogporten, req: &Req, one: bool) -> Result<Answer, Error> {
    let user = dialogs.end_user(req).await?;
    let languages = req.languages()?;
    let id = if one { Some(req.id("transmissionId")?) } else { None };
    let (aggregate, grants) = dialogs.readable_part(&user, req.id("dialogId")?).await?;
    Dialogporten::check_level(&user, &grants)?;
    let reader = Reader {
        languages: &languages,
        grants: Some(&grants),
        end_user: true,
        current: Some(&user.urn),
        now: dialogs.ctx.clock.now(),
        mask: &|urn| dialogs.masked(urn),
    };
    let Some(id) = id else {
        return Ok(Answer::Body(
            aggregate.transmissions.iter().map(|t| reader.transmission(t, None)).collect(),
            None,
        ));
    };
    let found = aggregate.transmissions.iter().find(|t| t.id == id);
    let transmission = found.ok_or_else(|| Error::NotFound("DialogTransmission", id.to_string()))?;
    Ok(Answer::Body(reader.transmission(transmission, None), None))
}
