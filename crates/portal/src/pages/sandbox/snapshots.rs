//! `/sandkasse/kopier`: the whole sandbox kept under a name, and brought back.

use crate::Portal;
use crate::frame::{Content, Section};
use crate::visit::Page;
use crate::words::time;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use maud::{Markup, html};
use serde::Deserialize;

pub const HERE: &str = "/sandkasse/kopier";

/// What the last change came to, as the address tells it.
#[derive(Deserialize, Default)]
pub struct Outcome {
    #[serde(default)]
    utfall: String,
}

/// Outcomes and their words; what the address makes up says nothing.
const OUTCOMES: [(&str, &str); 5] = [
    ("lagret", "snapshot-saved"),
    ("tilbake", "snapshot-restored"),
    ("slettet", "snapshot-deleted"),
    ("navn", "snapshot-bad-name"),
    ("borte", "snapshot-gone"),
];

fn button(page: &Page, field: &str, name: &str, words: &str, variant: &str) -> Markup {
    let words = page.t(words);
    html! {
        form method="post" action=(HERE) {
            button.ds-button data-variant=(variant) name=(field) value=(name) aria-label=(format!("{words}: {name}")) { (words) }
        }
    }
}

pub async fn handle(Query(outcome): Query<Outcome>, page: Page) -> Response {
    let kept = match page.portal.deps.snapshots.list().await {
        Ok(kept) => kept,
        Err(e) => return httpkit::internal(&e),
    };
    let said = OUTCOMES.iter().find(|(known, _)| *known == outcome.utfall);
    let body = html! {
        p.lead { (page.t("snapshots-lead")) }
        @if let Some((_, words)) = said { p role="status" { (page.t(words)) } }
        form method="post" action=(HERE) {
            p {
                label for="navn" { (page.t("snapshot-name")) }
                br;
                span.quiet #navn-hint { (page.t("snapshot-name-hint")) }
            }
            p.row.actions {
                input.ds-input #navn name="lagre" required pattern="[a-z0-9\\-]{1,40}" maxlength="40" aria-describedby="navn-hint" autocomplete="off";
                button.ds-button { (page.t("snapshot-save")) }
            }
        }
        h2.ds-heading data-size="sm" { (page.t("snapshots-kept")) }
        @if kept.is_empty() { p.empty { (page.t("snapshots-none")) } } @else {
            dl.pairs {
                @for one in &kept {
                    dt { code { (one.name) } }
                    dd {
                        (page.ta("snapshot-made", &[("time", &time(one.made_at, page.language)), ("kilobytes", &one.bytes.div_ceil(1024).to_string())]))
                        div.row.actions {
                            (button(&page, "tilbake", &one.name, "snapshot-restore", "secondary"))
                            (button(&page, "slett", &one.name, "snapshot-delete", "tertiary"))
                        }
                    }
                }
            }
        }
        p { (page.t("snapshots-api")) " " code { "POST /sandbox/api/v1/snapshots/{name}/restore" } }
    };
    let content = Content::new(page.t("snapshots-title"), Section::None, body)
        .below(super::HOME, page.t("sandbox-title"));
    page.show(&content)
}

/// What the page's forms send: one of these, each with a name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    lagre: Option<String>,
    tilbake: Option<String>,
    slett: Option<String>,
}

/// `POST /sandkasse/kopier`
pub async fn change(State(portal): State<Portal>, Form(change): Form<Change>) -> Response {
    let snapshots = &portal.deps.snapshots;
    let (done, good, bad) = match (&change.lagre, &change.tilbake, &change.slett) {
        (Some(name), None, None) => (snapshots.save(name).await, "lagret", "navn"),
        (None, Some(name), None) => (snapshots.restore(name).await, "tilbake", "borte"),
        (None, None, Some(name)) => (snapshots.delete(name).await, "slettet", "borte"),
        _ => (Ok(false), "", "navn"),
    };
    match done {
        Ok(done) => Redirect::to(&format!("{HERE}?utfall={}", if done { good } else { bad })).into_response(),
        Err(e) => httpkit::internal(&e),
    }
}
