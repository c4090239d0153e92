//! POST enduser/dialogs/context/systemlabels/actions/bulkset

use crate::Dialogporten;
use crate::domain::rules::Errors;
use crate::error::Error;
use crate::label;
use crate::request::{Answer, Payload, Req};
use crate::wire::reader::{self, Obj};
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

/// Most dialogs at once.
const MAX: usize = 100;

/// Sets labels on several dialogs, all or none.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req, Payload(body): Payload) -> Response {
    req.answer(run(&dialogs, &req, &body).await)
}

async fn run(dialogs: &Dialogporten, req: &Req, body: &[u8]) -> Result<Answer, Error> {
    let user = dialogs.end_user(req).await?;
    let body = reader::body(body)?;
    let obj = Obj::root(&body)?;
    let (set, mut errors) = label::read(&obj)?;
    let mut wanted: Vec<(Uuid, Option<Uuid>)> = Vec::new();
    for item in obj.objects("dialogs")? {
        wanted.push((item.uuid("dialogId")?.unwrap_or_default(), item.uuid("endUserContextRevision")?));
    }
    check(&wanted, &mut errors);
    errors.into_result().map_err(Error::Invalid)?;
    let ids: Vec<Uuid> = wanted.iter().map(|(id, _)| *id).collect();
    let refused = dialogs.not_allowed(&user, &ids).await?;
    if !refused.is_empty() {
        let ids = refused.iter().map(Uuid::to_string).collect::<Vec<_>>().join(", ");
        return Err(Error::NotFound("DialogEntity", ids));
    }
    dialogs.label(&user, &wanted, &set).await?;
    Ok(Answer::Done(None))
}

fn check(wanted: &[(Uuid, Option<Uuid>)], errors: &mut Errors) {
    if wanted.is_empty() || wanted.len() > MAX {
        errors.push("dto.dialogs", format!("Must supply between 1 and {MAX} dialogs to update"));
        return;
    }
    if wanted.iter().enumerate().any(|(i, (id, _))| wanted[..i].iter().any(|(other, _)| other == id)) {
        errors.push("dto.dialogs", "Can not contain duplicate items: dialog ids must be unique.");
    }
}
