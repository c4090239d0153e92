//! GET enduser/dialogs

use crate::Dialogporten;
use crate::domain::model::Dialog;
use crate::error::Error;
use crate::request::{Answer, Req};
use crate::wire::output::Reader;
use crate::wire::{output_list, query};
use axum::extract::State;
use axum::response::Response;

/// Dialogs that the caller may read.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req).await)
}

async fn run(dialogs: &Dialogporten, req: &Req) -> Result<Answer, Error> {
    let user = dialogs.end_user(req).await?;
    let languages = req.languages()?;
    let mut list = query::end_user(req).map_err(Error::Invalid)?;
    let parties = dialogs.parties_by_urn(&list.filter.parties).await?;
    let wanted = (!list.filter.parties.is_empty()).then_some(parties.as_slice());
    let mut sight = dialogs.sight(&user, wanted, &list.filter.resources).await?;
    list.filter.scopes = Some(std::mem::take(&mut sight.scopes));
    list.filter.visible_at = Some(dialogs.ctx.clock.now());
    let page = dialogs.page(&list.filter, &list.order, list.place.as_ref(), list.limit).await?;
    let reader = Reader {
        languages: &languages,
        grants: None,
        end_user: true,
        current: Some(&user.urn),
        now: dialogs.ctx.clock.now(),
        mask: &|urn| dialogs.masked(urn),
    };
    let line = |d: &Dialog| {
        let seen = page.seen.get(&d.id).map_or(&[][..], Vec::as_slice);
        output_list::line(&reader, d, seen, user.level < sight.level(d))
    };
    let items = page.dialogs.iter().map(line).collect();
    let last = page.dialogs.last().map(|d| list.order.place_of(d));
    Ok(Answer::Body(output_list::page(items, page.more, &list.order, last, list.token.as_deref()), None))
}
