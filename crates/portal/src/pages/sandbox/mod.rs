//! `/sandkasse`: the sandbox's own console. Its pages are test doors: nobody logs in, and production has none of them.

pub mod faults;
pub mod mail;
pub mod snapshots;

use crate::frame::{Content, Section};
use crate::visit::Page;
use crate::words::time;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Span;
use kernel::{Clock, SystemClock};
use maud::{Markup, html};
use serde::Deserialize;

/// Where the console lies.
pub const HOME: &str = "/sandkasse";

/// Pages of the console: address, title, what it is for.
const PAGES: [(&str, &str, &str); 3] = [
    (faults::HERE, "faults-title", "sandbox-faults-words"),
    (mail::HERE, "mail-title", "sandbox-mail-words"),
    (snapshots::HERE, "snapshots-title", "sandbox-snapshots-words"),
];

/// How far the clock moves: what the form sends, its words.
const MOVES: [(&str, &str); 4] =
    [("PT1H", "clock-hour"), ("P1D", "clock-day"), ("P30D", "clock-month"), ("now", "clock-now")];

pub async fn handle(page: Page) -> Response {
    let body = html! {
        p.lead { (page.t("sandbox-lead")) }
        ul.cards {
            @for (address, title, words) in PAGES {
                li { div.persona { div { h2.ds-heading data-size="xs" { a href=(address) { (page.t(title)) } } p { (page.t(words)) } } } }
            }
        }
        (clock(&page))
        h2.ds-heading data-size="sm" { (page.t("sandbox-people")) }
        p { a href="/" { (page.t("start-personas")) } }
    };
    page.show(&Content::new(page.t("sandbox-title"), Section::None, body).below("/", page.t("trail-start")))
}

fn clock(page: &Page) -> Markup {
    let now = time(page.portal.ctx.clock.now(), page.language);
    html! {
        h2.ds-heading #klokke data-size="sm" { (page.t("clock-title")) }
        p { (page.ta("clock-words", &[("time", &now)])) }
        form.row.actions method="post" action="/sandkasse/klokke" {
            @for (step, words) in MOVES {
                button.ds-button data-variant="secondary" name="flytt" value=(step) { (page.t(words)) }
            }
        }
    }
}

/// What the clock's form sends.
#[derive(Deserialize)]
pub struct Step {
    flytt: String,
}

/// `POST /sandkasse/klokke`
pub async fn move_clock(State(portal): State<crate::Portal>, Form(step): Form<Step>) -> Response {
    let zoned = |span: Span| portal.ctx.clock.now().to_zoned(jiff::tz::TimeZone::UTC).checked_add(span);
    let known = MOVES.iter().find(|(known, _)| *known == step.flytt).map(|(known, _)| *known);
    let to = match known {
        Some("now") => Some(SystemClock.now()),
        Some(span) => span.parse().ok().and_then(|span| Some(zoned(span).ok()?.timestamp())),
        None => None,
    };
    if let Some(to) = to
        && let Err(error) = portal.deps.clock.move_to(to).await
    {
        return httpkit::internal(&error);
    }
    Redirect::to("/sandkasse#klokke").into_response()
}
