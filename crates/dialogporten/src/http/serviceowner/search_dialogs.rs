//! GET serviceowner/dialogs

use crate::Dialogporten;
use crate::domain::model::Dialog;
use crate::error::Error;
use crate::request::{Answer, Req};
use crate::wire::output::Reader;
use crate::wire::{output_list, query};
use axum::extract::State;
use axum::response::Response;

/// Dialogs of the service owner.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req).await)
}

async fn run(dialogs: &Dialogporten, req: &Req) -> Result<Answer, Error> {
    let owner = dialogs.owner(req).await?;
    // WIRE: dialogporten §2, the search scope comes on top of the ordinary one.
    if !req.caller()?.has_scope(crate::caller::OWNER[0]) {
        return Err(Error::ForbiddenEmpty);
    }
    let mut list = query::owner(req, owner.person.is_some()).map_err(Error::Invalid)?;
    list.filter.orgs = vec![owner.org.clone()];
    if let Some(person) = &owner.person {
        let parties = dialogs.parties_by_urn(&list.filter.parties).await?;
        let wanted = (!list.filter.parties.is_empty()).then_some(parties.as_slice());
        let sight = dialogs.sight(person, wanted, &list.filter.resources).await?;
        list.filter.scopes = Some(sight.scopes);
    }
    let page = dialogs.page(&list.filter, &list.order, list.place.as_ref(), list.limit).await?;
    let reader = Reader {
        current: owner.person.as_ref().map(|p| p.urn.as_str()),
        ..crate::http::owner_reader(dialogs)
    };
    // WIRE: dialogporten §8.5, a service owner's list is one of level 0.
    let sensitive = dialogs.services_with_level(&owner.org, &page).await?;
    let line = |d: &Dialog| {
        let seen = page.seen.get(&d.id).map_or(&[][..], Vec::as_slice);
        output_list::line(&reader, d, seen, sensitive.contains(&d.resource))
    };
    let items = page.dialogs.iter().map(line).collect();
    let last = page.dialogs.last().map(|d| list.order.place_of(d));
    Ok(Answer::Body(output_list::page(items, page.more, &list.order, last, list.token.as_deref()), None))
}
