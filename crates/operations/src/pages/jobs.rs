//! `/drift/jobber`: messages that nobody could handle, or those that wait.

use crate::pages::{bad_form, refusal, state};
use crate::visit::{Content, JOBS, START, Visit};
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Redirect, Response};
use httpkit::CsrfForm;
use jobs::{Action, Entry};
use maud::{Markup, html};
use serde::Deserialize;

/// Messages of a page.
const PAGE: usize = 50;
/// Latest changes that are shown.
const CHANGES: usize = 20;

/// What the address asks for; what it does not know is left out.
#[derive(Default)]
struct Wanted {
    queue: Option<String>,
    open: bool,
    from: Option<String>,
    done: Option<(bool, usize)>,
}

impl Wanted {
    fn read(query: Option<String>) -> Self {
        let mut wanted = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "ko" if !value.is_empty() => wanted.queue = Some(value.into_owned()),
                "tilstand" => wanted.open = value == "open",
                "fra" => wanted.from = Some(value.into_owned()),
                "igjen" => wanted.done = value.parse().ok().map(|count| (true, count)),
                "forkastet" => wanted.done = value.parse().ok().map(|count| (false, count)),
                _ => {}
            }
        }
        wanted
    }

    fn address(&self, open: bool, from: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(queue) = &self.queue {
            query.append_pair("ko", queue);
        }
        query.append_pair("tilstand", if open { "open" } else { "dead" });
        if let Some(from) = from {
            query.append_pair("fra", from);
        }
        format!("{JOBS}?{}", query.finish())
    }
}

pub async fn handle(visit: Visit, RawQuery(query): RawQuery) -> Response {
    let wanted = Wanted::read(query);
    let desk = &visit.operations.desk;
    let page = desk.list(wanted.queue.as_deref(), !wanted.open, wanted.from.as_deref(), PAGE).await;
    let (entries, next) = match page {
        Ok(page) => page,
        Err(refused) => return refusal(&visit, &refused),
    };
    let actions = match desk.actions(CHANGES).await {
        Ok(actions) => actions,
        Err(e) => return httpkit::internal(&e),
    };
    let body = html! {
        p.lead { (visit.t("jobs-lead")) }
        @if let Some((again, count)) = wanted.done {
            div.ds-alert data-color="success" role="status" {
                p { (visit.tn(if again { "done-retry" } else { "done-drop" }, count)) }
            }
        }
        nav.views aria-label=(visit.t("views")) { ul {
            li { a href=(wanted.address(false, None)) aria-current=[(!wanted.open).then_some("true")] { (visit.t("view-dead")) } }
            li { a href=(wanted.address(true, None)) aria-current=[wanted.open.then_some("true")] { (visit.t("view-open")) } }
        } }
        @if let Some(queue) = &wanted.queue {
            p { (visit.ta("of-queue", &[("queue", queue)])) " " a.ds-link href=(JOBS) { (visit.t("all-queues")) } }
        }
        @if entries.is_empty() {
            div.empty { h2 { (visit.t("jobs-none")) } p { (visit.t(if wanted.open { "jobs-none-open" } else { "jobs-none-dead" })) } }
        } @else { (list(&visit, &entries)) }
        @if let Some(next) = &next { p.more { a.ds-button data-variant="secondary" href=(wanted.address(wanted.open, Some(next))) { (visit.t("more")) } } }
        @if let Some(queue) = wanted.queue.as_ref().filter(|_| !wanted.open && !entries.is_empty()) { (whole_queue(&visit, queue)) }
        (changes(&visit, &actions))
    };
    let start = visit.t("section-start");
    visit.show(Content { title: &visit.t("jobs-title"), section: JOBS, trail: &[(START, &start)], body })
}

fn list(visit: &Visit, entries: &[Entry]) -> Markup {
    html! {
        ul.items aria-label=(visit.t("jobs-title")) {
            @for entry in entries {
                li.item {
                    h2 { a href=(format!("{JOBS}/{}", entry.id)) { (entry.topic) " – " (entry.key) } }
                    p.from { (entry.queue) ", " (state(visit, entry.state)) }
                    @if let Some(error) = &entry.last_error { p.words { (error) } }
                    p.facts {
                        span { (visit.ta("put-at", &[("time", &visit.at(entry.put_at))])) }
                        span { (visit.tn("tries", usize::try_from(entry.attempts).unwrap_or_default())) }
                    }
                }
            }
        }
    }
}

fn whole_queue(visit: &Visit, queue: &str) -> Markup {
    html! {
        h2.ds-heading data-size="sm" { (visit.t("whole-queue")) }
        p { (visit.ta("whole-queue-words", &[("queue", queue)])) }
        form.actions method="post" action=(JOBS) {
            input type="hidden" name="_csrf" value=(visit.operator.csrf_token());
            input type="hidden" name="queue" value=(queue);
            button.ds-button type="submit" name="do" value="retry" { (visit.t("retry-all")) }
        }
        form.actions method="post" action=(JOBS) {
            input type="hidden" name="_csrf" value=(visit.operator.csrf_token());
            input type="hidden" name="queue" value=(queue);
            (reason(visit))
            button.ds-button type="submit" name="do" value="drop" data-variant="secondary" data-color="danger" { (visit.t("drop-all")) }
        }
    }
}

/// The field for the reason of a drop.
pub fn reason(visit: &Visit) -> Markup {
    html! {
        div.ds-field {
            label.ds-label for="reason" { (visit.t("reason")) }
            p.quiet.small #reason-hint { (visit.t("reason-hint")) }
            input.ds-input #reason type="text" name="reason" required maxlength="500" aria-describedby="reason-hint";
        }
    }
}

fn changes(visit: &Visit, actions: &[Action]) -> Markup {
    html! {
        h2.ds-heading data-size="sm" { (visit.t("changes")) }
        @if actions.is_empty() { p { (visit.t("changes-none")) } } @else {
            ol.log {
                @for action in actions {
                    li {
                        time datetime=(action.at) { (visit.at(action.at)) }
                        (visit.ta(if action.dropped { "change-drop" } else { "change-retry" },
                            &[("operator", &action.operator), ("what", &format!("{} – {}", action.topic, action.key)), ("queue", &action.queue)]))
                        @if let Some(reason) = &action.reason { " " (visit.ta("change-reason", &[("reason", reason)])) }
                    }
                }
            }
        }
    }
}

/// What is to be done with the dead messages of a queue.
#[derive(Deserialize)]
pub struct Change {
    queue: String,
    r#do: Do,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub enum Do {
    Retry,
    Drop,
}

pub async fn change(visit: Visit, form: Result<CsrfForm<Change>, Response>) -> Response {
    let CsrfForm(change) = match form {
        Ok(form) => form,
        Err(answer) => return bad_form(&visit, &answer),
    };
    let desk = &visit.operations.desk;
    let (word, done) = match change.r#do {
        Do::Retry => ("igjen", desk.retry_queue(&change.queue).await),
        Do::Drop => ("forkastet", desk.drop_queue(&change.queue, &change.reason).await),
    };
    match done {
        Ok(count) => Redirect::to(&format!("{JOBS}?{word}={count}")).into_response(),
        Err(refused) => refusal(&visit, &refused),
    }
}
