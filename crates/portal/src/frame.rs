//! What stands around every page.

use crate::assets::{SCRIPT, STYLE};
use crate::names::distinction;
use crate::texts::Language;
use crate::visit::{Page, Who};
use crate::words::{Words, initials, time};
use axum::response::Response;
use http::StatusCode;
use httpkit::Role;
use maud::{DOCTYPE, Markup, html};
use ports::register::PartyKind;

/// The part of the site that a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Inbox,
    Access,
    None,
}

/// A page's own content.
pub struct Content {
    /// Text of the heading and of the window.
    pub title: Words,
    /// Pages above this one, from the top: address and name.
    pub trail: Vec<(String, String)>,
    pub section: Section,
    /// What follows the heading.
    pub body: Markup,
}

impl Content {
    /// A page of the top level.
    pub fn new(title: impl Into<String>, section: Section, body: Markup) -> Self {
        Self { title: Words::plain(title.into()), trail: vec![], section, body }
    }

    /// Puts a page above this one.
    pub fn below(mut self, address: impl Into<String>, name: impl Into<String>) -> Self {
        self.trail.push((address.into(), name.into()));
        self
    }
}

impl Page {
    /// The page with status 200.
    pub fn show(&self, content: &Content) -> Response {
        self.show_with(StatusCode::OK, content)
    }

    /// The page with another status.
    pub fn show_with(&self, status: StatusCode, content: &Content) -> Response {
        httpkit::html_with_status(status, self.document(content).into_string())
    }

    fn document(&self, content: &Content) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.language.tag()) data-color-scheme="auto" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (content.title.text) " – " (self.t("site")) }
                    link rel="stylesheet" href=(*STYLE);
                    script src=(*SCRIPT) defer {}
                }
                body {
                    a.ds-skip-link href="#innhold" { (self.t("skip")) }
                    header.top { (self.sandbox()) (self.utility()) (self.brand()) (self.sections(content.section)) }
                    main.wide #innhold tabindex="-1" {
                        (self.trail(content))
                        h1.ds-heading data-size="md" lang=[content.title.lang.as_deref()] { (content.title.text) }
                        (content.body)
                    }
                    (self.footer())
                }
            }
        }
    }

    fn sandbox(&self) -> Markup {
        let config = &self.portal.ctx.config;
        let faults = self.portal.deps.faults.active();
        let names: Vec<&str> = faults.iter().map(|fault| fault.name.as_str()).collect();
        html! {
            @if config.is_sandbox() {
                div.sandbox { div.wide {
                    p { (self.ta("sandbox", &[("environment", &config.environment)])) }
                    p { (self.ta("business-time", &[("time", &time(self.portal.ctx.clock.now(), self.language))])) }
                    @if !names.is_empty() {
                        p { a href="/sandkasse/feil" { (self.ta("sandbox-faulty", &[("names", &names.join(", "))])) } }
                    }
                    p { a href="/sandkasse" { (self.t("sandbox-title")) } }
                } }
            }
        }
    }

    fn utility(&self) -> Markup {
        let to = |language: Language| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("til", &self.here);
            format!("/sprak/{}?{}", language.tag(), query.finish())
        };
        html! {
            div.wide.utility {
                nav aria-label=(self.t("language")) { ul {
                    @for (language, name) in Language::ALL {
                        li {
                            @if language == self.language { span lang=(language.tag()) aria-current="true" { (name) } }
                            @else { a lang=(language.tag()) hreflang=(language.tag()) href=(to(language)) { (name) } }
                        }
                    }
                } }
                @if self.who.is_some() { a.leave href=(self.elsewhere(Role::PLATFORM, "/authentication/api/v1/logout")) { (self.t("log-out")) } }
                @else { a.leave href=(self.login("/innboks", &[])) { (self.t("log-in")) } }
            }
        }
    }

    fn brand(&self) -> Markup {
        html! {
            div.wide.brand {
                a.name href="/" { (self.t("site")) }
                @if let Some(who) = &self.who { (self.actor(who)) }
            }
        }
    }

    fn actor(&self, who: &Who) -> Markup {
        let back = crate::visit::local(&self.here).unwrap_or("/innboks");
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("til", back);
        html! {
            a.actor href=(format!("/aktor?{}", query.finish())) {
                (mark(&who.actor.name, who.actor.kind))
                span {
                    small { (self.t("acting-for")) }
                    strong { (who.actor.name) }
                    small { (distinction(self, &who.actor)) }
                }
                em { (self.t("change-actor")) }
            }
        }
    }

    fn sections(&self, current: Section) -> Markup {
        let sections = [
            (Section::Inbox, "/innboks", self.t("section-inbox")),
            (Section::Access, crate::SYSTEM_USERS, self.t("section-access")),
        ];
        html! {
            @if self.who.is_some() {
                nav.wide.sections aria-label=(self.t("sections")) { ul {
                    @for (section, address, name) in sections {
                        li { a href=(address) aria-current=[(section == current).then_some("true")] { (name) } }
                    }
                } }
            }
        }
    }

    fn trail(&self, content: &Content) -> Markup {
        html! {
            @if let Some((parent, parent_name)) = content.trail.last() {
                nav.ds-breadcrumbs.trail aria-label=(self.t("trail")) {
                    a.ds-link href=(parent) { (parent_name) }
                    ol {
                        @for (address, name) in &content.trail { li { a.ds-link href=(address) { (name) } } }
                        li { span aria-current="page" lang=[content.title.lang.as_deref()] { (content.title.text) } }
                    }
                }
            }
        }
    }

    fn footer(&self) -> Markup {
        html! {
            footer { div.wide {
                nav aria-label=(self.t("footer")) { ul {
                    li { a href="/hjelp" { (self.t("help")) } }
                    li { a href="/tilgjengelighet" { (self.t("accessibility")) } }
                    li { a href="/personvern" { (self.t("privacy")) } }
                } }
                p { (self.t("about-site")) }
            } }
        }
    }
}

/// Initials; round for people, square for organisations.
pub fn mark(name: &str, kind: PartyKind) -> Markup {
    let person = matches!(kind, PartyKind::Person | PartyKind::SelfIdentified);
    html! { span.mark aria-hidden="true" data-person[person] { (initials(name)) } }
}

/// Words in their language.
pub fn say(words: &Words) -> Markup {
    html! { @if let Some(lang) = &words.lang { span lang=(lang) { (words.text) } } @else { (words.text) } }
}
