//! `GET /innboks/dialog/{id}`: one message, opened. `POST` moves or marks it.

use super::inbox::{sender, status, title};
use crate::frame::{Content, Section, say};
use crate::pages::{fields, refusal};
use crate::visit::{Page, Visit};
use crate::words::{Words, date, pick, time};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use httpkit::CsrfForm;
use maud::{Markup, html};
use ports::dialogporten::{Action, Attachment, Label, OpenDialog, Transmission};
use ports::register::PartyRef;
use serde::Deserialize;
use uuid::Uuid;

/// Opens the message, which marks it as seen.
pub async fn handle(visit: Visit, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse() else { return refusal::missing(&visit.page) };
    show(&visit, id).await.unwrap_or_else(|refused| refused)
}

async fn show(visit: &Visit, id: Uuid) -> Result<Response, Response> {
    let page = &visit.page;
    let open = refusal::opened(visit, page.portal.deps.inbox.open(visit.viewer(), id).await)?;
    let words = names(page, &open).await.map_err(|e| httpkit::internal(&e))?;
    let mut content = Content::new("", Section::Inbox, body(visit, &open, &words))
        .below("/innboks", page.t("section-inbox"));
    content.title = title(page, &open.item);
    Ok(page.show(&content))
}

struct Names {
    from: Words,
    to: String,
    service: Words,
}

async fn names(page: &Page, open: &OpenDialog) -> ports::Result<Names> {
    let item = &open.item;
    let owner = page.owner(&item.org).await?;
    let party = page.portal.deps.register.party(&PartyRef::Uuid(item.party)).await?;
    Ok(Names {
        from: sender(page, item, Some(&owner)),
        to: party.map(|party| party.name).unwrap_or_default(),
        service: page.service(&item.resource).await?.title,
    })
}

fn body(visit: &Visit, open: &OpenDialog, names: &Names) -> Markup {
    let (page, item) = (&visit.page, &open.item);
    let actions: Vec<&Action> =
        open.actions.iter().filter(|action| action.method == "GET" && action.url.is_some()).collect();
    html! {
        p.facts {
            @if let Some((color, words)) = status(page, item) { span.ds-tag data-color=(color) { (say(&words)) } }
            span { (page.ta("from", &[("sender", &names.from.text)])) }
            time.quiet datetime=(item.updated) { (time(item.updated, page.language)) }
            @if let Some(due) = item.due { span { (page.ta("due", &[("date", &date(due, page.language))])) } }
        }
        @if let Some(words) = pick(&item.summary, page.language) { p.lead lang=[words.lang.as_deref()] { (words.text) } }
        @if let Some(words) = open.additional_info.as_ref().and_then(|(_, texts)| pick(texts, page.language)) {
            @for part in words.text.split("\n\n") { p lang=[words.lang.as_deref()] { (part) } }
        }
        @if !actions.is_empty() {
            h2.ds-heading data-size="sm" { (page.t("dialog-actions")) }
            div.row.actions { @for action in actions { (button(page, action)) } }
        }
        @if !open.attachments.is_empty() {
            h2.ds-heading data-size="sm" { (page.t("dialog-files")) }
            (files(page, &open.attachments))
        }
        h2.ds-heading data-size="sm" { (page.t("dialog-sendings")) }
        @if open.transmissions.is_empty() { p.quiet { (page.t("dialog-no-sendings")) } }
        @for sent in open.transmissions.iter().rev() { (sending(page, sent, &names.from)) }
        h2.ds-heading data-size="sm" { (page.t("dialog-facts")) }
        dl.pairs {
            dt { (page.t("dialog-to")) } dd { (names.to) }
            dt { (page.t("dialog-service")) } dd { (say(&names.service)) }
            @if let Some(reference) = &open.external_reference { dt { (page.t("dialog-reference")) } dd { (reference) } }
        }
        p { a href=(format!("/innboks/dialog/{}/logg", item.id)) { (page.t("dialog-log")) } }
        (moves(visit, open))
    }
}

fn button(page: &Page, action: &Action) -> Markup {
    let variant = match action.priority {
        0 | 1 => "primary",
        2 => "secondary",
        _ => "tertiary",
    };
    let words = pick(&action.title, page.language).unwrap_or_else(|| Words::plain(page.t("file-open")));
    html! { a.ds-button data-variant=(variant) href=[action.url.as_deref()] { (say(&words)) } }
}

fn sending(page: &Page, sent: &Transmission, owner: &Words) -> Markup {
    let heading = pick(&sent.title, page.language).unwrap_or_else(|| Words::plain(kind(page, sent.kind)));
    let from = sent.sender.as_deref().unwrap_or(&owner.text);
    let (when, word) = (time(sent.at, page.language), kind(page, sent.kind));
    html! {
        article.sending data-own[sent.sender.is_some()] data-transmission=(sent.id) {
            h3.ds-heading data-size="2xs" lang=[heading.lang.as_deref()] { (heading.text) }
            p.facts.small {
                @if heading.text != word { span.ds-tag data-color=(color(sent.kind)) { (word) } }
                span.quiet { (page.ta("sending-from", &[("sender", from), ("time", &when)])) }
            }
            @if !sent.authorized { p { (page.t("dialog-hidden")) } }
            @else {
                @if let Some(words) = pick(&sent.summary, page.language) { p lang=[words.lang.as_deref()] { (words.text) } }
                (files(page, &sent.attachments))
            }
        }
    }
}

fn files(page: &Page, attachments: &[Attachment]) -> Markup {
    html! {
        @if !attachments.is_empty() {
            ul.files {
                @for file in attachments { li { (attachment(page, file)) } }
            }
        }
    }
}

fn attachment(page: &Page, file: &Attachment) -> Markup {
    let name = pick(&file.title, page.language).unwrap_or_else(|| Words::plain(page.t("dialog-files")));
    let kind = file.media_type.as_deref().unwrap_or_default();
    let verb = if kind.starts_with("text/html") { "file-open" } else { "file-download" };
    html! {
        @if let Some(url) = &file.url {
            a href=(url) { (say(&name)) small { (page.t(verb)) @if let Some(short) = short(kind) { " (" (short) ")" } } }
        } @else { span.quiet { (page.ta("file-closed", &[("name", &name.text)])) } }
    }
}

/// What people call a media type.
fn short(kind: &str) -> Option<&'static str> {
    match kind.split(';').next().unwrap_or_default().trim() {
        "application/pdf" => Some("PDF"),
        "application/xml" | "text/xml" => Some("XML"),
        "application/json" => Some("JSON"),
        "text/html" => Some("HTML"),
        _ => None,
    }
}

/// Name of a transmission's type.
pub fn kind(page: &Page, kind: &str) -> String {
    page.t(match kind {
        "Information" => "kind-information",
        "Acceptance" => "kind-acceptance",
        "Rejection" => "kind-rejection",
        "Request" => "kind-request",
        "Alert" => "kind-alert",
        "Decision" => "kind-decision",
        "Submission" => "kind-submission",
        "Correction" => "kind-correction",
        _ => "kind-other",
    })
}

fn color(kind: &str) -> &'static str {
    match kind {
        "Acceptance" => "success",
        "Rejection" => "danger",
        "Alert" | "Request" => "warning",
        "Submission" | "Correction" => "neutral",
        _ => "info",
    }
}

/// The forms that move or mark: word sent, name, key of the keyboard.
const MOVES: [(&str, &str, &str, Label); 4] = [
    ("arkiv", "move-archive", "archive", Label::Archive),
    ("papirkurv", "move-bin", "bin", Label::Bin),
    ("innboks", "move-inbox", "inbox", Label::Default),
    ("ulest", "mark-unread", "unread", Label::MarkedAsUnopened),
];

fn moves(visit: &Visit, open: &OpenDialog) -> Markup {
    let page = &visit.page;
    let here = |label: Label| match label {
        Label::Default => !open.item.labels.iter().any(|held| matches!(held, Label::Archive | Label::Bin)),
        other => open.item.labels.contains(&other),
    };
    html! {
        h2.ds-heading data-size="sm" { (page.t("moves")) }
        form.row.actions method="post" action=(format!("/innboks/dialog/{}", open.item.id)) {
            input type="hidden" name="_csrf" value=(visit.who.csrf);
            @for (word, name, key, label) in MOVES {
                @if !here(label) {
                    button.ds-button data-variant="secondary" data-key=(key) name="merke" value=(word) { (page.t(name)) }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Mark {
    merke: String,
}

/// Moves or marks the message, and leads back to the inbox.
pub async fn mark(visit: Visit, Path(id): Path<String>, form: Result<CsrfForm<Mark>, Response>) -> Response {
    put(&visit, &id, form).await.unwrap_or_else(|refused| refused)
}

async fn put(visit: &Visit, id: &str, form: Result<CsrfForm<Mark>, Response>) -> Result<Response, Response> {
    let page = &visit.page;
    let mark = fields(form, page)?;
    let wanted = MOVES.into_iter().find(|(word, ..)| *word == mark.merke);
    let (Ok(id), Some((.., label))) = (id.parse(), wanted) else { return Err(refusal::missing(page)) };
    refusal::opened(visit, page.portal.deps.inbox.set_label(visit.viewer(), id, label).await)?;
    Ok(Redirect::to("/innboks").into_response())
}
