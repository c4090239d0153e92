//! `/sandkasse/feil`: faults to try a client against.

use crate::Portal;
use crate::frame::{Content, Section};
use crate::visit::Page;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use ports::faults::{Answer, Down, Fault, Kind};
use serde::Deserialize;

pub const HERE: &str = "/sandkasse/feil";
/// The reporting service that the ready-made faults strike.
const REPORTING: &str = "innrapporteringboligsameie";

/// Faults for one click: name, words.
const READY: [(&str, &str); 8] = [
    ("maskinporten-nede", "fault-maskinporten-down"),
    ("maskinporten-for-mange", "fault-maskinporten-limited"),
    ("idporten-nede", "fault-idporten-down"),
    ("altinn-treg", "fault-altinn-slow"),
    ("altinn-ustabil", "fault-altinn-errors"),
    ("dialogporten-vedlikehold", "fault-dialogporten-down"),
    ("skatteetaten-feiler", "fault-skatteetaten-errors"),
    ("skatteetaten-svaret-blir-borte", "fault-skatteetaten-lost"),
];

fn ready(name: &str) -> Option<Fault> {
    let fault = |service: &str, kind| Fault::new(name, service, kind);
    let unavailable = Some(Down::Unavailable);
    Some(match name {
        "maskinporten-nede" => Fault { down: unavailable, ..fault("maskinporten", Kind::Down) },
        "maskinporten-for-mange" => Fault { status: Some(429), ..fault("maskinporten", Kind::Error) },
        "idporten-nede" => Fault { down: unavailable, ..fault("idporten", Kind::Down) },
        "altinn-treg" => {
            Fault { milliseconds: Some(3000), jitter: Some(2000), ..fault("platform", Kind::Slow) }
        }
        "altinn-ustabil" => {
            Fault { status: Some(500), probability: 0.3, seed: 1, ..fault("platform", Kind::Error) }
        }
        "dialogporten-vedlikehold" => {
            Fault { path: Some("/dialogporten".into()), status: Some(503), ..fault("platform", Kind::Error) }
        }
        "skatteetaten-feiler" => Fault { status: Some(500), ..fault(REPORTING, Kind::Error) },
        "skatteetaten-svaret-blir-borte" => {
            Fault { answer: Some(Answer::Empty), ..fault(REPORTING, Kind::WrongAnswer) }
        }
        _ => return None,
    })
}

/// What a fault does, in words.
fn words(page: &Page, fault: &Fault) -> String {
    if let Some((_, words)) = READY.iter().find(|(name, _)| *name == fault.name) {
        return page.t(words);
    }
    let kind = match fault.kind {
        Kind::Slow => page.t("fault-kind-slow"),
        Kind::Error => page.t("fault-kind-error"),
        Kind::WrongAnswer => page.t("fault-kind-wrong"),
        Kind::Down => page.t("fault-kind-down"),
    };
    let place = [fault.service.as_deref(), fault.path.as_deref(), fault.client.as_deref()];
    let place: Vec<&str> = place.into_iter().flatten().collect();
    if place.is_empty() { kind } else { format!("{kind}: {}", place.join(" ")) }
}

fn button(field: &str, value: &str, label: &str, about: &str, variant: &str) -> Markup {
    html! {
        form method="post" action=(HERE) {
            button.ds-button data-variant=(variant) name=(field) value=(value) aria-label=(format!("{label}: {about}")) { (label) }
        }
    }
}

pub async fn handle(page: Page) -> Response {
    let active = page.portal.deps.faults.active();
    let is_on = |name: &str| active.iter().any(|fault| fault.name == name);
    let body = html! {
        p.lead { (page.t("faults-lead")) }
        h2.ds-heading data-size="sm" { (page.t("faults-on")) }
        @if active.is_empty() { p role="status" { (page.t("faults-none")) } } @else {
            dl.pairs {
                @for fault in active.iter() {
                    dt { code { (fault.name) } }
                    dd { (words(&page, fault)) " " (button("stopp", &fault.name, &page.t("fault-stop"), &fault.name, "secondary")) }
                }
            }
            form.row.actions method="post" action=(HERE) {
                button.ds-button name="stopp-alle" value="ja" { (page.t("faults-stop-all")) }
            }
        }
        h2.ds-heading data-size="sm" { (page.t("faults-ready")) }
        dl.pairs {
            @for (name, about) in READY.iter().filter(|(name, _)| !is_on(name)) {
                dt { code { (name) } }
                dd { (page.t(about)) " " (button("start", name, &page.t("fault-start"), name, "secondary")) }
            }
        }
        p { (page.t("faults-api")) " " code { "PUT /sandbox/api/v1/faults/{name}" } }
    };
    let content =
        Content::new(page.t("faults-title"), Section::None, body).below(super::HOME, page.t("sandbox-title"));
    page.show(&content)
}

/// What the page's buttons send.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Change {
    start: Option<String>,
    stopp: Option<String>,
    stopp_alle: Option<String>,
}

/// `POST /sandkasse/feil`
pub async fn change(State(portal): State<Portal>, Form(change): Form<Change>) -> Response {
    let faults = &portal.deps.faults;
    let done = match (change.start.as_deref().and_then(ready), change.stopp, change.stopp_alle) {
        (Some(fault), _, _) => faults.set(&fault).await,
        (None, Some(name), _) => faults.clear(Some(&name)).await.map(drop),
        (None, None, Some(_)) => faults.clear(None).await.map(drop),
        (None, None, None) => Ok(()),
    };
    match done {
        Ok(()) => Redirect::to(HERE).into_response(),
        Err(e) => httpkit::internal(&e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offer_can_be_made() {
        assert!(READY.iter().all(|(name, _)| ready(name).is_some_and(|fault| fault.name == *name)));
    }
}
