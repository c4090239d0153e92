//! `GET /aktor`: on whose behalf. `POST` keeps the choice.

use crate::cookies;
use crate::frame::{Content, Section, mark};
use crate::names::distinction;
use crate::pages::{fields, refusal};
use crate::visit::{Visit, local};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use httpkit::CsrfForm;
use maud::{Markup, html};
use ports::register::{Party, PartyKind};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// From so many on there is a search field.
const SEARCHED: usize = 10;
/// So many are shown at once.
const SHOWN: usize = 50;
/// The register answers no more at once.
const BATCH: usize = 1_000;

#[derive(Deserialize)]
pub struct Which {
    sok: Option<String>,
    til: Option<String>,
}

/// A main unit or person with the sub-units that can be chosen.
struct Group {
    party: Party,
    /// The party itself can be chosen; else only its sub-units.
    open: bool,
    units: Vec<Party>,
}

pub async fn handle(visit: Visit, Query(which): Query<Which>) -> Response {
    match groups(&visit).await {
        Ok(groups) => visit.page.show(&content(&visit, &which, groups)),
        Err(e) => httpkit::internal(&e),
    }
}

async fn groups(visit: &Visit) -> ports::Result<Vec<Group>> {
    let deps = &visit.page.portal.deps;
    let own = deps.access.parties_of(visit.who.user.uuid).await?;
    let mut parties = Vec::with_capacity(own.len());
    for batch in own.chunks(BATCH) {
        parties.extend(deps.register.parties(batch).await?);
    }
    parties.retain(|party| !party.deleted && party.uuid != visit.who.user.uuid);
    let known: Vec<Uuid> = parties.iter().map(|party| party.uuid).collect();
    let missing: Vec<Uuid> =
        parties.iter().filter_map(|party| party.parent).filter(|parent| !known.contains(parent)).collect();
    let mut groups: HashMap<Uuid, Group> = HashMap::new();
    for batch in missing.chunks(BATCH) {
        for party in deps.register.parties(batch).await? {
            groups.insert(party.uuid, Group { party, open: false, units: vec![] });
        }
    }
    let (units, mains): (Vec<_>, Vec<_>) = parties.into_iter().partition(|party| party.parent.is_some());
    for party in mains {
        groups.insert(party.uuid, Group { party, open: true, units: vec![] });
    }
    for unit in units {
        if let Some(group) = unit.parent.and_then(|parent| groups.get_mut(&parent)) {
            group.units.push(unit);
        }
    }
    let sorted: BTreeMap<(String, Uuid), Group> = groups
        .into_values()
        .map(|group| ((group.party.name.to_lowercase(), group.party.uuid), group))
        .collect();
    Ok(sorted.into_values().collect())
}

/// Is this what the person looks for: part of the name, or beginning of the number.
fn fits(party: &Party, text: &str) -> bool {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    party.name.to_lowercase().contains(&text.to_lowercase())
        || party.org_no.as_deref().is_some_and(|number| number.starts_with(&digits))
}

fn content(visit: &Visit, which: &Which, mut groups: Vec<Group>) -> Content {
    let page = &visit.page;
    let all: usize = groups.iter().map(|group| usize::from(group.open) + group.units.len()).sum();
    let text = which.sok.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if let Some(text) = text {
        groups.retain_mut(|group| {
            let whole = fits(&group.party, text);
            group.units.retain(|unit| whole || fits(unit, text));
            whole || !group.units.is_empty()
        });
    }
    let found: usize = groups.iter().map(|group| usize::from(group.open) + group.units.len()).sum();
    let mut room = SHOWN;
    groups.retain_mut(|group| {
        let fits = room > 0;
        group.units.truncate(room.saturating_sub(1));
        room = room.saturating_sub(1 + group.units.len());
        fits
    });
    let back = which.til.as_deref().and_then(local).unwrap_or("/innboks");
    let body = html! {
        p { (page.t("actor-lead")) }
        form method="post" action="/aktor" {
            input type="hidden" name="_csrf" value=(visit.who.csrf);
            input type="hidden" name="til" value=(back);
            h2.ds-heading data-size="xs" #deg { (page.t("actor-yourself")) }
            ul.parties aria-labelledby="deg" { li { (choice(visit, &visit.who.user)) } }
        }
        h2.ds-heading data-size="xs" #andre { (page.t("actor-others")) }
        @if all == 0 { div.empty { p { (page.t("actor-alone")) } } }
        @if all > SEARCHED {
            form.search role="search" method="get" action="/aktor" {
                label for="sok" { (page.t("actor-search")) }
                input type="hidden" name="til" value=(back);
                div.row {
                    input.ds-input #sok type="search" name="sok" maxlength="100" value=[text];
                    button.ds-button data-variant="secondary" { (page.t("search")) }
                }
            }
        }
        @if all > 0 {
            p role="status" {
                @if found == 0 { (page.t("actor-none-found")) }
                @else if found > SHOWN { (page.ta("actor-cut", &[("shown", &SHOWN.to_string()), ("count", &found.to_string())])) }
                @else { (page.tn("actor-count", found)) }
            }
        }
        @if found > 0 { (list(visit, back, &groups)) }
    };
    Content::new(page.t("actor-title"), Section::None, body).below("/innboks", page.t("section-inbox"))
}

fn list(visit: &Visit, back: &str, groups: &[Group]) -> Markup {
    let page = &visit.page;
    html! {
        form method="post" action="/aktor" {
            input type="hidden" name="_csrf" value=(visit.who.csrf);
            input type="hidden" name="til" value=(back);
            ul.parties aria-labelledby="andre" {
                @for group in groups {
                    li {
                        @if group.open { (choice(visit, &group.party)) } @else { strong { (group.party.name) } }
                        @if !group.units.is_empty() {
                            ul.parties aria-label=(page.ta("units-of", &[("name", &group.party.name)])) {
                                @for unit in &group.units { li { (choice(visit, unit)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn choice(visit: &Visit, party: &Party) -> Markup {
    let page = &visit.page;
    let chosen = party.uuid == visit.who.actor.uuid;
    html! {
        button name="part" value=(party.uuid) aria-pressed=(chosen) {
            (mark(&party.name, party.kind))
            span {
                strong { (party.name) }
                small {
                    (distinction(page, party))
                    @if party.kind == PartyKind::SubUnit { " · " (page.t("sub-unit")) }
                    @if chosen { " · " (page.t("actor-chosen")) }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Choice {
    part: Uuid,
    til: Option<String>,
}

/// Keeps the choice in the cookies that all parts of the platform read.
pub async fn choose(visit: Visit, form: Result<CsrfForm<Choice>, Response>) -> Response {
    keep(&visit, form).await.unwrap_or_else(|refused| refused)
}

async fn keep(visit: &Visit, form: Result<CsrfForm<Choice>, Response>) -> Result<Response, Response> {
    let page = &visit.page;
    let choice = fields(form, page)?;
    let deps = &page.portal.deps;
    let own = deps.access.parties_of(visit.who.user.uuid).await.map_err(|e| httpkit::internal(&e))?;
    if choice.part != visit.who.user.uuid && !own.contains(&choice.part) {
        return Err(refusal::forbidden(page));
    }
    let found = deps.register.parties(&[choice.part]).await.map_err(|e| httpkit::internal(&e))?;
    let Some(party) = found.first() else { return Err(refusal::missing(page)) };
    // A dialog belongs to whom one acted for before; the list is what the new choice is about.
    let back =
        choice.til.as_deref().and_then(local).filter(|path| !path.contains("/dialog/")).unwrap_or("/innboks");
    let mut response = Redirect::to(back).into_response();
    cookies::set(&page.origin, &mut response, cookies::PARTY_UUID, &party.uuid.to_string());
    cookies::set(&page.origin, &mut response, cookies::PARTY_ID, &party.id.to_string());
    Ok(response)
}
