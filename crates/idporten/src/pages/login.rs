//! Choice of eID, then choice of person and level.

use super::{Language, frame};
use crate::domain::acr::Requested;
use crate::domain::eid::Eid;
use maud::{Markup, html};
use ports::register::Party;

/// Page 1: which eID.
pub fn choose(language: Language, handle: &str, client: &str, requested: Requested) -> String {
    let title = language.text("title-choose");
    let offered = Eid::ALL.into_iter().filter(|eid| requested.idporten.is_some_and(|min| eid.reaches(min)));
    let body = html! {
        p.note { (language.text("sandbox-note")) }
        h1 { (language.text("choose-heading")) }
        p { (language.text_with("choose-client", &[("client", client)])) }
        ul.choices {
            @for eid in offered {
                li { a.choice href=(format!("person?t={handle}&eid={}", eid.key())) {
                    strong { (language.text(&format!("eid-{}", eid.key()))) }
                    span { (language.text(&format!("eid-{}-hint", eid.key()))) ". " (level_name(language, eid)) "." }
                } }
            }
        }
        (cancel(language, handle))
    };
    frame(language, &title, Some(handle), html! {}, body)
}

fn level_name(language: Language, eid: Eid) -> String {
    language.text(if eid.default_level() == 4 { "level-high" } else { "level-substantial" })
}

fn cancel(language: Language, handle: &str) -> Markup {
    html! {
        form method="post" action="cancel" {
            input type="hidden" name="t" value=(handle);
            p.row { button.plain type="submit" { (language.text("cancel")) } }
        }
    }
}

/// What page 2 shows.
pub struct PersonPage<'a> {
    pub language: Language,
    pub handle: &'a str,
    pub eid: Eid,
    pub level: u8,
    /// What was searched for.
    pub search: &'a str,
    pub people: &'a [Party],
    /// The search text, when it is a number that may log in though nobody in the population has it.
    pub number: Option<&'a str>,
    /// Text id of what is wrong with the last answer.
    pub fault: Option<&'a str>,
}

/// Page 2: which person, at which level. One form: the search button asks for other people, a person's button logs in.
pub fn person(page: &PersonPage<'_>) -> String {
    let language = page.language;
    let eid = language.text(&format!("eid-{}", page.eid.key()));
    let heading = language.text_with("person-heading", &[("eid", &eid)]);
    let body = html! {
        p.note { (language.text("sandbox-note")) }
        h1 { (heading) }
        @if let Some(fault) = page.fault {
            div.fault role="alert" {
                h2 { (language.text("fault-heading")) }
                p { a href="#q" { (language.text(fault)) } }
            }
        }
        form method="post" action="choose" {
            input type="hidden" name="t" value=(page.handle);
            input type="hidden" name="eid" value=(page.eid.key());
            label for="q" { (language.text("search-label")) }
            span.hint id="q-hint" { (language.text("search-hint")) }
            input type="text" id="q" name="q" value=(page.search) aria-describedby="q-hint" autocomplete="off";
            p.row { button type="submit" formaction="person" { (language.text("search-button")) } }
            (levels(page))
            h2 { (language.text("results-heading")) }
            @if page.people.is_empty() && page.number.is_none() { p { (language.text("results-none")) } }
            ul.people {
                @if let Some(number) = page.number {
                    li { button type="submit" name="pid" value=(number) {
                        (language.text("use-number")) span.hint { (number) }
                    } }
                }
                @for party in page.people {
                    @if let Some(pid) = &party.pid {
                        li { button type="submit" name="pid" value=(pid) {
                            (language.text_with("log-in-as", &[("name", &party.name)])) span.hint { (pid) }
                        } }
                    }
                }
            }
        }
        p.row { a href=(format!("login?t={}", page.handle)) { (language.text("back")) } }
        (cancel(language, page.handle))
    };
    frame(language, &language.text("title-person"), None, html! {}, body)
}

fn levels(page: &PersonPage<'_>) -> Markup {
    html! {
        fieldset {
            legend { (page.language.text("level-legend")) }
            span.hint id="level-hint" { (page.language.text("level-hint")) }
            @for level in 1..=4u8 {
                div.level {
                    input type="radio" id=(format!("level-{level}")) name="level" value=(level) aria-describedby="level-hint"
                        checked[level == page.level];
                    label for=(format!("level-{level}")) { (page.language.text(&format!("level-{level}"))) }
                }
            }
        }
    }
}
