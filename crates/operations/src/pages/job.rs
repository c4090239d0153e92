//! `/drift/jobber/{id}`: one message.

use crate::pages::jobs::{Do, reason};
use crate::pages::start::short;
use crate::pages::{bad_form, refusal, state};
use crate::visit::{Content, JOBS, START, Visit};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use httpkit::CsrfForm;
use jobs::{Entry, Refused, State};
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

async fn entry(visit: &Visit, id: &str) -> Result<Entry, Refused> {
    let id: Uuid = id.parse().map_err(|_| Refused::Unknown)?;
    visit.operations.desk.get(id).await?.ok_or(Refused::Unknown)
}

pub async fn handle(visit: Visit, Path(id): Path<String>) -> Response {
    let entry = match entry(&visit, &id).await {
        Ok(entry) => entry,
        Err(refused) => return refusal(&visit, &refused),
    };
    let body = html! {
        dl.pairs {
            dt { (visit.t("state")) } dd { (state(&visit, entry.state)) }
            dt { (visit.t("queue")) } dd { (entry.queue) }
            dt { (visit.t("topic")) } dd { (entry.topic) }
            dt { (visit.t("key")) } dd { (entry.key) }
            dt { "Id" } dd { (entry.id) }
            dt { (visit.t("put")) } dd { (visit.at(entry.put_at)) }
            dt { (visit.t("attempts")) } dd { (entry.attempts) }
            dt { (visit.t(if entry.state == State::Dead { "died" } else { "retry-at" })) } dd { (visit.at(entry.retry_at)) }
            @if let Some(node) = entry.node { dt { (visit.t("node")) } dd { (short(node)) } }
            dt { (visit.t("last-error")) } dd { @if let Some(error) = &entry.last_error { (error) } @else { "–" } }
        }
        h2.ds-heading data-size="sm" { (visit.t("payload")) }
        p.quiet { (visit.t("payload-words")) }
        pre tabindex="0" { code { (serde_json::to_string_pretty(&entry.payload).unwrap_or_default()) } }
        @if entry.state != State::Running { (actions(&visit, &entry)) }
    };
    let (start, jobs) = (visit.t("section-start"), visit.t("section-jobs"));
    let title = visit.ta("job-title", &[("topic", &entry.topic)]);
    visit.show(Content { title: &title, section: JOBS, trail: &[(START, &start), (JOBS, &jobs)], body })
}

fn actions(visit: &Visit, entry: &Entry) -> Markup {
    let address = format!("{JOBS}/{}", entry.id);
    html! {
        h2.ds-heading data-size="sm" { (visit.t("job-actions")) }
        p { (visit.t("retry-words")) }
        form.actions method="post" action=(address) {
            input type="hidden" name="_csrf" value=(visit.operator.csrf_token());
            button.ds-button type="submit" name="do" value="retry" { (visit.t("retry")) }
        }
        p { (visit.t("drop-words")) }
        form.actions method="post" action=(address) {
            input type="hidden" name="_csrf" value=(visit.operator.csrf_token());
            (reason(visit))
            button.ds-button type="submit" name="do" value="drop" data-variant="secondary" data-color="danger" { (visit.t("drop")) }
        }
    }
}

/// What is to be done with the message.
#[derive(Deserialize)]
pub struct Change {
    r#do: Do,
    #[serde(default)]
    reason: String,
}

pub async fn change(
    visit: Visit,
    Path(id): Path<String>,
    form: Result<CsrfForm<Change>, Response>,
) -> Response {
    let CsrfForm(change) = match form {
        Ok(form) => form,
        Err(answer) => return bad_form(&visit, &answer),
    };
    let Ok(id) = id.parse::<Uuid>() else { return refusal(&visit, &Refused::Unknown) };
    let desk = &visit.operations.desk;
    let (word, done) = match change.r#do {
        Do::Retry => ("igjen", desk.retry(id).await),
        Do::Drop => ("forkastet", desk.drop(id, &change.reason).await),
    };
    match done {
        Ok(()) => Redirect::to(&format!("{JOBS}?{word}=1")).into_response(),
        Err(refused) => refusal(&visit, &refused),
    }
}
