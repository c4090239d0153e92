//! `GET /`: in the sandbox, people to log in as with one click.

use crate::Persona;
use crate::frame::{Content, Section, mark};
use crate::visit::Page;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ports::register::PartyKind;

/// The start page; those who are logged in go on to their inbox.
pub async fn handle(page: Page) -> Response {
    if page.who.is_some() {
        return Redirect::to("/innboks").into_response();
    }
    let body = match body(&page).await {
        Ok(body) => body,
        Err(e) => return httpkit::internal(&e),
    };
    page.show(&Content::new(page.t("start-title"), Section::None, body))
}

async fn body(page: &Page) -> ports::Result<Markup> {
    let sandbox = page.portal.ctx.config.is_sandbox();
    let mut people = Vec::new();
    for persona in page.portal.deps.personas.iter().filter(|_| sandbox) {
        let mut names = Vec::new();
        for number in persona.organisations {
            names.push(page.organisation(number).await?);
        }
        people.push((persona, names.join(", ")));
    }
    Ok(html! {
        p.lead { (page.t("start-lead")) }
        @if people.is_empty() {
            div.row.actions { a.ds-button href=(page.login("/innboks", &[])) { (page.t("log-in")) } }
        } @else {
            section.full {
                h2.ds-heading data-size="sm" { (page.t("start-personas")) }
                p { (page.t("start-personas-lead")) }
                ul.cards { @for (persona, names) in &people { li { (card(page, persona, names)) } } }
            }
            h2.ds-heading data-size="sm" { (page.t("start-other")) }
            p { (page.t("start-other-lead")) }
            div.row.actions {
                a.ds-button data-variant="secondary" href=(page.login("/innboks", &[])) { (page.t("log-in")) }
            }
        }
    })
}

fn card(page: &Page, persona: &Persona, names: &str) -> Markup {
    let hint = format!("testid:{}_idporten-loa-high", persona.pid);
    let about = match page.language {
        crate::texts::Language::Nb => None,
        _ => Some("nb"),
    };
    html! {
        div.persona {
            (mark(&persona.name, PartyKind::Person))
            div {
                h3 { a data-persona=(persona.key) href=(page.login("/innboks", &[("login_hint", &hint)])) { (persona.name) } }
                p lang=[about] { (persona.about) "." }
                @if !names.is_empty() { p.quiet { (page.ta("start-for", &[("names", names)])) } }
            }
        }
    }
}
