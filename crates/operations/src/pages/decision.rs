//! `/drift/logg/avgjorelse/{id}`: one decision, and the changes that it let happen.

use crate::log::word;
use crate::pages::log::{list, of};
use crate::visit::{Content, LOG, START, Visit};
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use ports::authorization::{Effect, LoggedDecision};
use serde::Deserialize;

/// A part of the request, as the log has it.
#[derive(Deserialize)]
struct Category {
    category: String,
    attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
struct Attribute {
    id: String,
    values: Vec<String>,
}

/// Address of a decision's page.
pub fn address(id: uuid::Uuid) -> String {
    format!("{LOG}/avgjorelse/{id}")
}

pub async fn handle(visit: Visit, Path(id): Path<String>) -> Response {
    let found = match visit.operations.decision(&id).await {
        Ok(found) => found,
        Err(e) => return httpkit::internal(&e),
    };
    let (start, log) = (visit.t("section-start"), visit.t("section-log"));
    let trail = [(START, start.as_str()), (LOG, log.as_str())];
    let Some((decision, rows)) = found else {
        let body = html! {
            p { (visit.t("decision-unknown-words")) }
            p { a.ds-link href=(LOG) { (visit.t("to-log")) } }
        };
        let title = visit.t("decision-unknown");
        return visit
            .show_with(StatusCode::NOT_FOUND, Content { title: &title, section: LOG, trail: &trail, body });
    };
    let request: Vec<Category> = serde_json::from_str(&decision.request).unwrap_or_default();
    let body = html! {
        (facts(&visit, &decision))
        h2.ds-heading data-size="sm" { (visit.t("decision-entries")) }
        @if rows.is_empty() { p { (visit.t("decision-entries-none")) } } @else { (list(&visit, &rows)) }
        h2.ds-heading data-size="sm" { (visit.t("decision-request")) }
        p.quiet { (visit.t("decision-request-words")) }
        @for category in &request {
            h3.ds-heading data-size="2xs" { (category.category.rsplit(':').next().unwrap_or_default()) }
            dl.pairs {
                @for attribute in &category.attributes {
                    dt { (attribute.id) }
                    @for value in &attribute.values { dd { (value) } }
                }
            }
        }
        p { a.ds-link href=(LOG) { (visit.t("to-log")) } }
    };
    visit.show(Content { title: &visit.t("decision"), section: LOG, trail: &trail, body })
}

fn facts(visit: &Visit, decision: &LoggedDecision) -> Markup {
    let meaning = visit.t(match decision.effect {
        Effect::Permit => "effect-permit",
        Effect::Deny => "effect-deny",
        Effect::Indeterminate => "effect-indeterminate",
        Effect::NotApplicable => "effect-not-applicable",
    });
    html! {
        dl.pairs {
            dt { (visit.t("outcome")) } dd { strong { (meaning) } " (" (word(decision.effect)) ")" }
            dt { "Id" } dd { (decision.id) }
            dt { (visit.t("time")) } dd { (visit.at(decision.at)) }
            dt { (visit.t("action")) } dd { (decision.action.as_deref().unwrap_or("–")) }
            dt { (visit.t("resource")) } dd { (decision.resource.as_deref().unwrap_or("–")) }
            @if let Some(instance) = &decision.instance { dt { (visit.t("instance")) } dd { (instance) } }
            @if let Some(id) = decision.party_id { dt { (visit.t("party-id")) } dd { (id) } }
            @if let Some(subject) = decision.subject {
                dt { (visit.t("who")) } dd { (of("party", &subject.to_string())) }
            }
            @if let Some(owner) = &decision.service_owner { dt { (visit.t("service-owner")) } dd { (owner) } }
            @if let Some(number) = &decision.organisation { dt { (visit.t("organisation")) } dd { (of("party", number)) } }
            @if let Some(session) = &decision.session { dt { (visit.t("session")) } dd { (session) } }
            @if let Some(ip) = &decision.ip { dt { (visit.t("ip")) } dd { (ip) } }
            dt { "API" } dd { (decision.api) }
        }
    }
}
