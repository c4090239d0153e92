//! `/hjelp`, `/tilgjengelighet`, `/personvern`

use crate::frame::{Content, Section};
use crate::visit::Page;
use axum::response::Response;
use maud::{Markup, html};

fn part(page: &Page, heading: &str, words: &str) -> Markup {
    html! { h2.ds-heading data-size="sm" { (page.t(heading)) } p { (page.t(words)) } }
}

/// Key, what it does.
const KEYS: [(&[&str], &str); 8] = [
    (&["/"], "key-search"),
    (&["g", "i"], "key-inbox"),
    (&["g", "t"], "key-access"),
    (&["j", "k"], "key-move"),
    (&["e"], "key-archive"),
    (&["#"], "key-bin"),
    (&["u"], "key-unread"),
    (&["?"], "key-help"),
];

pub async fn help(page: Page) -> Response {
    let body = html! {
        p.lead { (page.t("help-lead")) }
        (part(&page, "help-inbox", "help-inbox-words"))
        (part(&page, "help-access", "help-access-words"))
        h2.ds-heading #taster data-size="sm" { (page.t("help-keys")) }
        p { (page.t("help-keys-words")) }
        dl.pairs {
            @for (keys, words) in KEYS {
                dt { @for key in keys { kbd { (key) } " " } } dd { (page.t(words)) }
            }
        }
        button.ds-button type="button" data-variant="secondary" hidden data-shortcuts data-on=(page.t("keys-on")) data-off=(page.t("keys-off")) {}
    };
    page.show(&Content::new(page.t("help-title"), Section::None, body).below("/", page.t("trail-start")))
}

pub async fn accessibility(page: Page) -> Response {
    let body = html! {
        p.lead { (page.t("accessibility-lead")) }
        (part(&page, "accessibility-done", "accessibility-done-words"))
        (part(&page, "accessibility-known", "accessibility-known-words"))
        (part(&page, "accessibility-tell", "accessibility-tell-words"))
    };
    page.show(
        &Content::new(page.t("accessibility-title"), Section::None, body).below("/", page.t("trail-start")),
    )
}

/// Cookies: names, purpose, life.
const COOKIES: [(&str, &str, &str); 5] = [
    ("AltinnStudioRuntime, altinnsession, IDPORTEN_AUTH", "cookie-session", "cookie-until-out"),
    ("AltinnPartyId, AltinnPartyUuid", "cookie-party", "cookie-until-out"),
    ("XSRF-TOKEN", "cookie-csrf", "cookie-until-out"),
    ("oidcnonce", "cookie-login", "cookie-until-out"),
    (crate::cookies::LANGUAGE, "cookie-language", "cookie-year"),
];

/// The name as this browser has it: what is ours has a prefix over https.
fn said(page: &Page, names: &str) -> String {
    if names == crate::cookies::LANGUAGE { page.origin.own_cookie(names) } else { names.to_owned() }
}

pub async fn privacy(page: Page) -> Response {
    let body = html! {
        p.lead { (page.t("privacy-lead")) }
        (part(&page, "privacy-stored", "privacy-stored-words"))
        (part(&page, "privacy-cookies", "privacy-cookies-words"))
        dl.pairs {
            @for (names, why, life) in COOKIES { dt { (said(&page, names)) } dd { (page.t(why)) ". " (page.t(life)) "." } }
        }
    };
    page.show(&Content::new(page.t("privacy-title"), Section::None, body).below("/", page.t("trail-start")))
}
