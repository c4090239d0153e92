//! `GET /tilgang/systembrukere`: the systems that a party has given authority.

use crate::frame::{Content, Section};
use crate::pages::refusal;
use crate::visit::{Page, Visit};
use crate::words::{date, pick_value};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ports::authentication::SystemUser;
use ports::authorization::{Question, Subject};
use uuid::Uuid;

/// `GET /tilgang`
pub async fn lead_on() -> Response {
    Redirect::to(crate::SYSTEM_USERS).into_response()
}

pub async fn handle(visit: Visit) -> Response {
    list(&visit).await.unwrap_or_else(|e| httpkit::internal(&e))
}

async fn list(visit: &Visit) -> ports::Result<Response> {
    let page = &visit.page;
    if !may_see(visit, visit.who.actor.uuid).await? {
        return Ok(refusal::forbidden(page));
    }
    let name = [("name", visit.who.actor.name.as_str())];
    let users = page.portal.deps.system_users.of_party(visit.who.actor.uuid).await?;
    let mut lines = Vec::with_capacity(users.len());
    for user in &users {
        lines.push((user, vendor(page, user).await?));
    }
    let waiting = waiting(visit).await?;
    let alone = visit.who.actor.uuid == visit.who.user.uuid;
    let body = html! {
        p { (page.ta("system-users-lead", &name)) }
        (waiting)
        @if lines.is_empty() {
            div.empty {
                h2.ds-heading data-size="xs" { (page.t("system-users-empty")) }
                p { (page.ta("system-users-empty-why", &name)) }
                @if alone { p { a.ds-button data-variant="secondary" href="/aktor" { (page.t("to-actor")) } } }
            }
        } @else {
            ul.items.full data-list aria-label=(page.t("system-users-title")) {
                @for (user, vendor) in &lines {
                    li.item {
                        h2 { a data-item href=(format!("{}/{}", crate::SYSTEM_USERS, user.id)) { (user.title) } }
                        p.from { (page.ta("from", &[("sender", vendor)])) }
                        p.facts {
                            span { (page.t("system-user-made")) " " (date(user.created, page.language)) }
                            @if let Some(reference) = reference(user) { span { (page.t("system-user-reference")) ": " (reference) } }
                        }
                    }
                }
            }
        }
    };
    Ok(page.show(&Content::new(page.t("system-users-title"), Section::Access, body)))
}

/// Requests that wait for an answer.
async fn waiting(visit: &Visit) -> ports::Result<Markup> {
    let page = &visit.page;
    let requests = page.portal.deps.approvals.pending(visit.who.user.uuid, visit.who.actor.uuid).await?;
    let mut lines = Vec::with_capacity(requests.len());
    for request in &requests {
        let name = pick_value(&request.system_name, page.language);
        let name = name.map_or_else(|| request.system_id.clone(), |words| words.text);
        lines.push((request, name, page.organisation(&request.vendor_org_no).await?));
    }
    Ok(html! {
        @if !lines.is_empty() {
            h2.ds-heading data-size="sm" #venter { (page.t("requests-waiting")) }
            ul.items.full aria-labelledby="venter" {
                @for (request, name, vendor) in &lines {
                    li.item {
                        h3 { a href=(format!("/systembruker/foresporsel/{}", request.id)) { (name) } }
                        p.from { (page.ta("from", &[("sender", vendor)])) " · " (date(request.created, page.language)) }
                    }
                }
            }
            h2.ds-heading data-size="sm" { (page.t("system-users-active")) }
        }
    })
}

/// The vendor's reference, where it has given one of its own.
pub fn reference(user: &SystemUser) -> Option<&str> {
    Some(user.external_ref.as_str()).filter(|text| !text.is_empty() && *text != user.owner_org_no)
}

pub async fn vendor(page: &Page, user: &SystemUser) -> ports::Result<String> {
    page.organisation(&user.vendor_org_no).await
}

/// May the person see the system users of this party.
pub async fn may_see(visit: &Visit, party: Uuid) -> ports::Result<bool> {
    if party == visit.who.user.uuid {
        return Ok(true);
    }
    let question = Question {
        subject: Subject::Party(visit.who.user.uuid),
        resource: "altinn_access_management".to_owned(),
        party,
        action: "read".to_owned(),
        instance: None,
        attribute: None,
    };
    let decision = visit.page.portal.deps.pdp.decide(&question).await?;
    Ok(decision.permits_at(visit.who.level))
}
