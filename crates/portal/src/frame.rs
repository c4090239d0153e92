//! What stands around every page, ours and those of others.

use crate::assets::{SCRIPT, STYLE};
use crate::names::distinction;
use crate::texts::{Language, TEXTS};
use crate::visit::{Page, Who};
use crate::words::{Words, initials, time};
use axum::response::Response;
use http::StatusCode;
use httpkit::{Ctx, Role};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ports::faults::Faults;
use ports::pages::{Frame, Sheet};
use ports::register::PartyKind;
use std::sync::Arc;

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
        let (inbox, access) = (self.t("section-inbox"), self.t("section-access"));
        let sections = [
            ("/innboks", inbox.as_str(), content.section == Section::Inbox),
            (crate::SYSTEM_USERS, access.as_str(), content.section == Section::Access),
        ];
        let around = Around {
            ctx: &self.portal.ctx,
            faults: self.portal.deps.faults.as_ref(),
            language: self.language,
            here: &self.here,
            title: &content.title,
            leave: html! {
                @if self.who.is_some() { a.leave href=(self.elsewhere(Role::PLATFORM, "/authentication/api/v1/logout")) { (self.t("log-out")) } }
                @else { a.leave href=(self.login("/innboks", &[])) { (self.t("log-in")) } }
            },
            actor: self.who.as_ref().map(|who| self.actor(who)),
            sections: if self.who.is_some() { &sections } else { &[] },
            trail: content.trail.iter().map(|(address, name)| (address.as_str(), name.as_str())).collect(),
        };
        around.document(&content.body)
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
}

/// The frame, lent to the pages of others.
pub struct Lent(pub Ctx, pub Arc<dyn Faults>);

impl Frame for Lent {
    fn page(&self, sheet: &Sheet<'_>) -> String {
        let around = Around {
            ctx: &self.0,
            faults: self.1.as_ref(),
            language: Language::of_tag(sheet.language).unwrap_or(Language::Nb),
            here: sheet.here,
            title: &Words::plain(sheet.title.to_owned()),
            leave: html! { span.leave { (sheet.reader) } },
            actor: None,
            sections: sheet.sections,
            trail: sheet.trail.to_vec(),
        };
        around.document(&PreEscaped(sheet.body.to_owned())).into_string()
    }
}

/// All that differs from page to page outside its own content.
struct Around<'a> {
    ctx: &'a Ctx,
    faults: &'a dyn Faults,
    language: Language,
    here: &'a str,
    title: &'a Words,
    /// The way in or out.
    leave: Markup,
    actor: Option<Markup>,
    /// Address, name, is it the current one.
    sections: &'a [(&'a str, &'a str, bool)],
    /// Address and name.
    trail: Vec<(&'a str, &'a str)>,
}

impl Around<'_> {
    fn t(&self, key: &str) -> String {
        TEXTS.t(self.language, key)
    }

    fn document(&self, body: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.language.tag()) data-color-scheme="auto" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title.text) " – " (self.t("site")) }
                    link rel="stylesheet" href=(*STYLE);
                    script src=(*SCRIPT) defer {}
                }
                body {
                    a.ds-skip-link href="#innhold" { (self.t("skip")) }
                    header.top { (self.sandbox()) (self.utility()) (self.brand()) (self.sections()) }
                    main.wide #innhold tabindex="-1" {
                        (self.trail())
                        h1.ds-heading data-size="md" lang=[self.title.lang.as_deref()] { (self.title.text) }
                        (body)
                    }
                    (self.footer())
                }
            }
        }
    }

    fn sandbox(&self) -> Markup {
        let config = &self.ctx.config;
        let now = time(self.ctx.clock.now(), self.language);
        let faults = self.faults.active();
        let names: Vec<&str> = faults.iter().map(|fault| fault.name.as_str()).collect();
        html! {
            @if config.is_sandbox() {
                div.sandbox { div.wide {
                    p { (TEXTS.ta(self.language, "sandbox", &[("environment", &config.environment)])) }
                    p { (TEXTS.ta(self.language, "business-time", &[("time", &now)])) }
                    @if !names.is_empty() {
                        p { a href="/sandkasse/feil" { (TEXTS.ta(self.language, "sandbox-faulty", &[("names", &names.join(", "))])) } }
                    }
                    p { a href="/sandkasse" { (self.t("sandbox-title")) } }
                } }
            }
        }
    }

    fn utility(&self) -> Markup {
        let to = |language: Language| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("til", self.here);
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
                (self.leave)
            }
        }
    }

    fn brand(&self) -> Markup {
        html! {
            div.wide.brand {
                a.name href="/" { (self.t("site")) }
                @if let Some(actor) = &self.actor { (actor) }
            }
        }
    }

    fn sections(&self) -> Markup {
        html! {
            @if !self.sections.is_empty() {
                nav.wide.sections aria-label=(self.t("sections")) { ul {
                    @for (address, name, current) in self.sections {
                        li { a href=(address) aria-current=[current.then_some("true")] { (name) } }
                    }
                } }
            }
        }
    }

    fn trail(&self) -> Markup {
        html! {
            @if let Some((parent, parent_name)) = self.trail.last() {
                nav.ds-breadcrumbs.trail aria-label=(self.t("trail")) {
                    a.ds-link href=(parent) { (parent_name) }
                    ol {
                        @for (address, name) in &self.trail { li { a.ds-link href=(address) { (name) } } }
                        li { span aria-current="page" lang=[self.title.lang.as_deref()] { (self.title.text) } }
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
