//! Pages that say why something cannot be done, what would help and whom to ask.

use crate::frame::{Content, Section};
use crate::visit::{Page, Visit};
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use ports::dialogporten::Opened;

fn refuse(
    page: &Page,
    status: StatusCode,
    title: &str,
    words: String,
    help: Option<String>,
    ways: Markup,
) -> Response {
    let body = html! {
        div.ds-alert data-color=(if status == StatusCode::NOT_FOUND { "info" } else { "warning" }) {
            p.ds-paragraph { (words) }
        }
        @if let Some(help) = help { p { (help) } }
        div.row.actions { (ways) }
    };
    page.show_with(status, &Content::new(page.t(title), Section::None, body))
}

fn to_inbox(page: &Page) -> Markup {
    html! { a.ds-button href="/innboks" { (page.t("to-inbox")) } }
}

/// 404
pub fn missing(page: &Page) -> Response {
    let help = Some(page.t("missing-help"));
    refuse(page, StatusCode::NOT_FOUND, "missing-title", page.t("missing-words"), help, to_inbox(page))
}

/// 410
fn gone(page: &Page) -> Response {
    refuse(page, StatusCode::GONE, "gone-title", page.t("gone-words"), None, to_inbox(page))
}

/// 403
pub fn forbidden(page: &Page) -> Response {
    let ways = html! {
        a.ds-button href="/aktor" { (page.t("to-actor")) }
        a.ds-button data-variant="secondary" href="/innboks" { (page.t("to-inbox")) }
    };
    let help = Some(page.t("forbidden-help"));
    refuse(page, StatusCode::FORBIDDEN, "forbidden-title", page.t("forbidden-words"), help, ways)
}

/// 403: the login is too weak.
pub fn level_too_low(visit: &Visit, level: u8) -> Response {
    let page = &visit.page;
    let login = page.login(&page.here, &[("acr_values", "idporten-loa-high")]);
    let ways = html! { a.ds-button href=(login) { (page.t("level-button")) } };
    let (needed, own) = (level.to_string(), visit.who.level.to_string());
    let words = page.ta("level-words", &[("level", &needed), ("own", &own)]);
    refuse(page, StatusCode::FORBIDDEN, "level-title", words, Some(page.t("level-help")), ways)
}

/// 403: a form without proof that it came from our own page.
pub fn form_expired(page: &Page) -> Response {
    refuse(
        page,
        StatusCode::FORBIDDEN,
        "form-title",
        page.t("form-words"),
        Some(page.t("form-help")),
        to_inbox(page),
    )
}

/// The dialog, or the page that says why not.
pub fn opened<T>(visit: &Visit, opened: ports::Result<Opened<T>>) -> Result<T, Response> {
    match opened.map_err(|e| httpkit::internal(&e))? {
        Opened::Yes(value) => Ok(value),
        Opened::NotFound => Err(missing(&visit.page)),
        Opened::Forbidden => Err(forbidden(&visit.page)),
        Opened::Gone => Err(gone(&visit.page)),
        Opened::LevelTooLow(level) => Err(level_too_low(visit, level)),
    }
}
