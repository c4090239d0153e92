//! GET enduser/dialogs/{dialogId}/context/labellog

use crate::Dialogporten;
use crate::domain::language::Preference;
use crate::error::Error;
use crate::request::{Answer, Req};
use crate::store;
use crate::time;
use crate::wire::output::Reader;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

/// What happened to the labels of a dialog.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req).await)
}

async fn run(dialogs: &Dialogporten, req: &Req) -> Result<Answer, Error> {
    let user = dialogs.end_user(req).await?;
    let id = req.id("dialogId")?;
    let (_, grants) = dialogs.readable_part(&user, id).await.map_err(|error| match error {
        Error::Gone(id) => Error::no_dialog(id),
        other => other,
    })?;
    Dialogporten::check_level(&user, &grants)?;
    let reader = Reader {
        languages: &Preference::default(),
        grants: None,
        end_user: true,
        current: Some(&user.urn),
        now: dialogs.ctx.clock.now(),
        mask: &|urn| dialogs.masked(urn),
    };
    let lines = store::logs::label_log(&dialogs.ctx.db, id).await?;
    let items: Vec<Value> = lines
        .iter()
        .map(|l| {
            json!({
                "createdAt": time::text(l.at),
                "name": format!("systemlabel:{}", l.change.label.name()),
                "action": if l.change.set { "set" } else { "remove" },
                "performedBy": reader.actor(&l.by),
            })
        })
        .collect();
    Ok(Answer::Body(items.into(), None))
}
