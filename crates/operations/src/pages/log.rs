//! `/drift/logg`: who did what; `/drift/logg/oppslag`: who looked up whom.

use crate::log::{Page, Query, QueryError, Unreadable};
use crate::pages::decision;
use crate::visit::{Content, LOG, START, Visit};
use audit::{Action, Actor, ActorKind, LookupRow, Row};
use axum::extract::RawQuery;
use axum::response::Response;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

const LOOKUPS: &str = "/drift/logg/oppslag";

/// One of the two logs.
struct Log {
    path: &'static str,
    api: &'static str,
    title: &'static str,
    lead: &'static str,
    /// Heading of the rows.
    rows: &'static str,
    /// What is said where nothing has been written, and where nothing fits.
    none: [&'static str; 2],
    /// Asked for by links from rows; the form carries them on.
    carried: &'static [(&'static str, &'static str)],
}

const OF_CHANGES: Log = Log {
    path: LOG,
    api: "/allting/api/v1/operations/audit",
    title: "log-title",
    lead: "log-lead",
    rows: "log-rows",
    none: ["log-none", "log-none-found"],
    carried: &[("resource", "resource"), ("subject", "subject"), ("decision", "decision")],
};

const OF_LOOKUPS: Log = Log {
    path: LOOKUPS,
    api: "/allting/api/v1/operations/lookups",
    title: "lookups-title",
    lead: "lookups-lead",
    rows: "lookups-rows",
    none: ["lookups-none", "lookups-none-found"],
    carried: &[],
};

pub async fn entries(visit: Visit, query: RawQuery) -> Response {
    let query = Query::parse(&query);
    let found = visit.operations.entries(&query).await;
    show(&visit, &OF_CHANGES, &query, found, |rows| list(&visit, rows))
}

pub async fn lookups(visit: Visit, query: RawQuery) -> Response {
    let query = Query::parse(&query);
    let found = visit.operations.lookups(&query).await;
    show(&visit, &OF_LOOKUPS, &query, found, |rows| looked_up(&visit, rows))
}

fn show<T>(
    visit: &Visit,
    log: &Log,
    query: &Query,
    found: Result<Page<T>, QueryError>,
    list: impl Fn(&[T]) -> Markup,
) -> Response {
    let (status, fault, (rows, next)) = match found {
        Ok(page) => (StatusCode::OK, None, page),
        Err(QueryError::Unreadable(fault)) => (StatusCode::BAD_REQUEST, Some(fault), (vec![], None)),
        Err(QueryError::Db(error)) => return httpkit::internal(&error),
    };
    let narrowed = query.names().next().is_some();
    let body = html! {
        p.lead { (visit.t(log.lead)) }
        nav.views aria-label=(visit.t("views")) { ul {
            @for one in [&OF_CHANGES, &OF_LOOKUPS] {
                li { a href=(one.path) aria-current=[(one.path == log.path).then_some("true")] { (visit.t(one.title)) } }
            }
        } }
        (form(visit, log, query, fault.as_ref()))
        @if fault.is_none() {
            @if rows.is_empty() {
                div.empty { h2 { (visit.t("jobs-none")) } p { (visit.t(log.none[usize::from(narrowed)])) } }
            } @else {
                h2.ds-heading data-size="sm" { (visit.t(log.rows)) }
                p { a.ds-link href=(query.address(log.api, &[("format", "csv")])) { (visit.t("csv")) } }
                (list(&rows))
            }
            @if let Some(next) = next {
                p.more { a.ds-button data-variant="secondary" href=(query.address(log.path, &[("before", &next.to_string())])) { (visit.t("more")) } }
            }
        }
    };
    let (start, above) = (visit.t("section-start"), visit.t("section-log"));
    let trail = [(START, start.as_str()), (LOG, above.as_str())];
    // The log itself stands right below the first page.
    let trail = if log.path == LOG { &trail[..1] } else { &trail[..] };
    visit.show_with(status, Content { title: &visit.t(log.title), section: LOG, trail, body })
}

fn form(visit: &Visit, log: &Log, query: &Query, fault: Option<&Unreadable>) -> Markup {
    let value = |name: &str| query.get(name).unwrap_or_default().to_owned();
    let bad = |name: &str| fault.is_some_and(|fault| fault.name == name);
    let field = |name: &str, label: &str, hint: Option<&str>| {
        let hint_id = hint.map(|_| format!("{name}-hint"));
        let fault_id = bad(name).then(|| "feil".to_owned());
        let described: Vec<String> = [hint_id.clone(), fault_id].into_iter().flatten().collect();
        let described = Some(described.join(" ")).filter(|ids| !ids.is_empty());
        html! {
            div.ds-field {
                label.ds-label for=(name) { (visit.t(label)) }
                @if let Some(hint) = hint { p.quiet.small id=[hint_id] { (visit.t(hint)) } }
                input.ds-input id=(name) type="text" name=(name) value=(value(name)) maxlength="200" autocomplete="off"
                    spellcheck="false" aria-describedby=[described] aria-invalid=[bad(name).then_some("true")];
            }
        }
    };
    html! {
        @if let Some(fault) = fault {
            div.ds-alert #feil data-color="danger" role="alert" { p {
                @match fault.name.as_str() {
                    "since" | "until" => (visit.t("filter-bad-time")),
                    "party" => (visit.t("filter-bad-party")),
                    name => (visit.ta("filter-bad", &[("name", name)])),
                }
            } }
        }
        form.filter method="get" action=(log.path) role="search" aria-label=(visit.t("filter")) {
            (field("since", "since", Some("since-hint")))
            (field("until", "until", Some("until-hint")))
            @if log.path == LOG { (field("party", "party", Some("party-hint"))) } @else { (field("party", "person", Some("person-hint"))) }
            (field("actor", "who", Some("actor-hint")))
            @if log.path == LOG { (action(visit, query)) }
            (field("trace", "trace", None))
            @for (name, label) in log.carried {
                @if let Some(carried) = query.get(name) {
                    p.carried { (visit.ta("filter-only", &[("name", &visit.t(label)), ("value", carried)])) }
                    input type="hidden" name=(name) value=(carried);
                }
            }
            div.row {
                button.ds-button type="submit" { (visit.t("filter-use")) }
                @if query.names().next().is_some() { a.ds-link href=(log.path) { (visit.t("filter-clear")) } }
            }
        }
    }
}

/// Every action by its word, each kind under its own heading with all of its kind first.
fn action(visit: &Visit, query: &Query) -> Markup {
    let mut kinds: Vec<&str> = vec![];
    for action in Action::ALL {
        let kind = kind_of(action.word());
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let chosen = query.get("action");
    html! {
        div.ds-field {
            label.ds-label for="action" { (visit.t("action")) }
            select.ds-input #action name="action" {
                option value="" { (visit.t("action-any")) }
                @for kind in kinds {
                    optgroup label=(kind) {
                        option value=(kind) selected[chosen == Some(kind)] { (visit.ta("action-all", &[("kind", kind)])) }
                        @for word in Action::ALL.iter().map(|action| action.word()).filter(|word| kind_of(word) == kind) {
                            option value=(word) selected[chosen == Some(word)] { (word) }
                        }
                    }
                }
            }
        }
    }
}

fn kind_of(word: &str) -> &str {
    word.split('.').next().unwrap_or(word)
}

/// A value, leading to the changes that have it.
pub fn of(name: &str, value: &str) -> Markup {
    let address = Query::default().address(LOG, &[(name, value)]);
    html! { a.ds-link href=(address) { (value) } }
}

fn actor(visit: &Visit, actor: &Actor) -> Markup {
    let kind = visit.t(match actor.kind {
        ActorKind::Nobody => "actor-nobody",
        ActorKind::Person => "actor-person",
        ActorKind::Organisation => "actor-organisation",
        ActorKind::SystemUser => "actor-system-user",
        ActorKind::Client => "actor-client",
        ActorKind::Operator => "actor-operator",
        ActorKind::Platform => "actor-platform",
    });
    html! { (kind) @if !actor.id.is_empty() { " " (of("actor", &actor.id)) } }
}

/// When it was written, and the business time where that is another: the sandbox's clock can be moved.
fn times(visit: &Visit, recorded: Timestamp, at: Timestamp) -> Markup {
    let apart = recorded.duration_since(at).abs() > SignedDuration::from_mins(1);
    html! {
        time datetime=(recorded) { (visit.at(recorded)) }
        @if apart { " " (visit.ta("business-time", &[("time", &visit.at(at))])) }
    }
}

/// Changes.
pub fn list(visit: &Visit, rows: &[Row]) -> Markup {
    html! {
        ol.items.entries {
            @for row in rows {
                li.item data-entry=(row.id) {
                    h3 { (row.action) }
                    p.from { (times(visit, row.recorded_at, row.at)) ". " (actor(visit, &row.actor)) }
                    dl.pairs {
                        dt { (visit.t("subject")) } dd { (row.subject_kind) @if !row.subject.is_empty() { " " (of("subject", &row.subject)) } }
                        @if let Some(party) = row.on_behalf_of { dt { (visit.t("on-behalf-of")) } dd { (of("party", &party.to_string())) } }
                        @if let Some(resource) = &row.resource { dt { (visit.t("resource")) } dd { (of("resource", resource)) } }
                        @if let Some(id) = row.decision { dt { (visit.t("decision")) } dd { a.ds-link href=(decision::address(id)) { (id) } } }
                        @if let Some(trace) = &row.trace { dt { (visit.t("trace")) } dd { (of("trace", trace)) } }
                        @if let Some(client) = &row.client { dt { (visit.t("client")) } dd { (client) } }
                        @if let Some(detail) = &row.detail { dt { (visit.t("detail")) } dd { code { (detail) } } }
                    }
                }
            }
        }
    }
}

/// Look-ups of persons.
fn looked_up(visit: &Visit, rows: &[LookupRow]) -> Markup {
    let by = |name: &str, value: &str| {
        let address = Query::default().address(LOOKUPS, &[(name, value)]);
        html! { a.ds-link href=(address) { (value) } }
    };
    html! {
        ol.items.entries {
            @for row in rows {
                li.item data-entry=(row.id) {
                    h3 { (row.operation) }
                    p.from { (times(visit, row.recorded_at, row.at)) ". " (actor(visit, &row.actor)) }
                    dl.pairs {
                        dt { (visit.t("person")) } dd { @if let Some(person) = row.person { (by("party", &person.to_string())) } @else { (visit.t("person-none")) } }
                        dt { (visit.t("purpose")) } dd { (row.purpose) }
                        @if let Some(trace) = &row.trace { dt { (visit.t("trace")) } dd { (by("trace", trace)) } }
                        @if let Some(client) = &row.client { dt { (visit.t("client")) } dd { (client) } }
                    }
                }
            }
        }
    }
}
