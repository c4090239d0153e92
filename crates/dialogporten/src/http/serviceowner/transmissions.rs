//! GET serviceowner/dialogs/{dialogId}/transmissions and …/{transmissionId}

use super::activities::part;
use crate::Dialogporten;
use crate::error::Error;
use crate::request::{Answer, Req};
use axum::extract::State;
use axum::response::Response;

/// All transmissions.
pub async fn list(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    let answer = part(&dialogs, &req).await.map(|aggregate| {
        let reader = crate::http::owner_reader(&dialogs);
        Answer::Body(aggregate.transmissions.iter().map(|t| reader.transmission(t, None)).collect(), None)
    });
    req.answer(answer)
}

/// One transmission.
pub async fn get(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(one(&dialogs, &req).await)
}

async fn one(dialogs: &Dialogporten, req: &Req) -> Result<Answer, Error> {
    let id = req.id("transmissionId")?;
    let aggregate = part(dialogs, req).await?;
    let found = aggregate.transmissions.iter().find(|t| t.id == id);
    let transmission = found.ok_or_else(|| Error::NotFound("DialogTransmission", id.to_string()))?;
    Ok(Answer::Body(crate::http::owner_reader(dialogs).transmission(transmission, None), None))
}
