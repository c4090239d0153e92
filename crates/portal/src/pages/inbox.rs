//! `GET /innboks` and `GET /innboks/{view}`: the folders.

use crate::frame::{Content, Section, say};
use crate::pages::refusal;
use crate::visit::{Page, Visit};
use crate::words::{Words, date, pick, time};
use axum::extract::Path;
use axum::response::Response;
use axum_extra::extract::Query;
use maud::{Markup, html};
use ports::dialogporten::{InboxItem, InboxPage, Status, View};
use serde::Deserialize;
use std::collections::HashMap;

const PAGE: usize = 25;
/// The unread are not counted further.
const MANY: usize = 100;
/// Shorter words find too much.
const SHORTEST_SEARCH: usize = 3;

#[derive(Deserialize)]
pub struct Which {
    sok: Option<String>,
    side: Option<String>,
}

impl Which {
    fn text(&self) -> Option<&str> {
        let text = self.sok.as_deref()?.trim();
        (text.chars().count() >= SHORTEST_SEARCH && text.len() < 200).then_some(text)
    }
}

/// The folders with their addresses and names.
const FOLDERS: [(View, &str, &str); 5] = [
    (View::Inbox, "/innboks", "view-inbox"),
    (View::Drafts, "/innboks/utkast", "view-drafts"),
    (View::Sent, "/innboks/sendt", "view-sent"),
    (View::Archive, "/innboks/arkiv", "view-archive"),
    (View::Bin, "/innboks/papirkurv", "view-bin"),
];

/// The inbox itself.
pub async fn first(visit: Visit, Query(which): Query<Which>) -> Response {
    show(&visit, FOLDERS[0], &which).await.unwrap_or_else(|e| httpkit::internal(&e))
}

/// Another folder.
pub async fn folder(visit: Visit, Path(view): Path<String>, Query(which): Query<Which>) -> Response {
    let found = FOLDERS.into_iter().find(|(_, path, _)| path.strip_prefix("/innboks/") == Some(&view));
    let Some(folder) = found else { return refusal::missing(&visit.page) };
    show(&visit, folder, &which).await.unwrap_or_else(|e| httpkit::internal(&e))
}

async fn show(
    visit: &Visit,
    (view, path, name): (View, &str, &str),
    which: &Which,
) -> ports::Result<Response> {
    let (page, inbox, text) = (&visit.page, &visit.page.portal.deps.inbox, which.text());
    let (viewer, party) = (visit.viewer(), visit.who.actor.uuid);
    let seen = if text.is_some() { View::All } else { view };
    let unread = async {
        match view {
            View::Inbox if text.is_none() => inbox.unread_count(viewer, party).await.map(Some),
            _ => Ok(None),
        }
    };
    let listed = inbox.list(viewer, party, seen, text, which.side.as_deref(), PAGE);
    let (listed, unread) = tokio::try_join!(listed, unread)?;
    let senders = senders(page, &listed.items).await?;
    let title = page.ta("inbox-of", &[("view", &page.t(name)), ("name", &visit.who.actor.name)]);
    let body = html! {
        nav.views.full aria-label=(page.t("views")) { ul {
            @for (other, address, name) in FOLDERS {
                li { a href=(address) aria-current=[(other == view).then_some("page")] { (page.t(name)) } }
            }
        } }
        (search(page, path, which))
        @if let Some(text) = text.filter(|_| !listed.items.is_empty()) { p role="status" { (page.ta("search-found", &[("text", text)])) } }
        @if let Some(unread) = unread { p { (count(page, unread)) } }
        @if listed.items.is_empty() { (empty(visit, view, text.is_some())) }
        @else {
            ul.items.full data-list aria-label=(page.t("list-name")) {
                @for item in &listed.items { (line(page, item, senders.get(&item.org))) }
            }
        }
        (pager(page, path, which, &listed))
    };
    Ok(page.show(&Content::new(title, Section::Inbox, body)))
}

fn count(page: &Page, unread: usize) -> String {
    match unread {
        MANY.. => page.ta("inbox-count-many", &[("count", &(MANY - 1).to_string())]),
        _ => page.tn("inbox-count", unread),
    }
}

async fn senders(page: &Page, items: &[InboxItem]) -> ports::Result<HashMap<String, Words>> {
    let mut names = HashMap::new();
    for item in items {
        if !names.contains_key(&item.org) {
            names.insert(item.org.clone(), page.owner(&item.org).await?);
        }
    }
    Ok(names)
}

fn search(page: &Page, path: &str, which: &Which) -> Markup {
    html! {
        form.search role="search" method="get" action=(path) {
            label for="sok" { (page.t("inbox-search")) }
            div.row {
                input.ds-input #sok type="search" name="sok" minlength=(SHORTEST_SEARCH) maxlength="100" value=[which.sok.as_deref()];
                button.ds-button data-variant="secondary" { (page.t("search")) }
            }
            @if which.sok.as_deref().is_some_and(|text| !text.is_empty()) { p.small { a href=(path) { (page.t("search-clear")) } } }
        }
    }
}

/// A text of the item, or what stands for a missing one.
pub fn title(page: &Page, item: &InboxItem) -> Words {
    pick(&item.title, page.language).unwrap_or_else(|| Words::plain(page.t("dialog-untitled")))
}

/// Name of the status; a dialog that has none is plain information.
pub fn status(page: &Page, item: &InboxItem) -> Option<(&'static str, Words)> {
    let (color, key) = match item.status {
        Status::NotApplicable => return None,
        Status::InProgress => ("info", "status-in-progress"),
        Status::Draft => ("neutral", "status-draft"),
        Status::Awaiting => ("neutral", "status-awaiting"),
        Status::RequiresAttention => ("warning", "status-requires-attention"),
        Status::Completed => ("success", "status-completed"),
    };
    let own = pick(&item.extended_status, page.language);
    Some((color, own.unwrap_or_else(|| Words::plain(page.t(key)))))
}

/// The sender: a name of the dialog's own, else the service owner's.
pub fn sender(page: &Page, item: &InboxItem, owner: Option<&Words>) -> Words {
    let own = pick(&item.sender_name, page.language);
    own.or_else(|| owner.cloned()).unwrap_or_else(|| Words::plain(item.org.clone()))
}

fn line(page: &Page, item: &InboxItem, owner: Option<&Words>) -> Markup {
    let title = title(page, item);
    let from = sender(page, item, owner);
    html! {
        li.item data-unread[item.unread] {
            h2 lang=[title.lang.as_deref()] {
                a data-item href=(format!("/innboks/dialog/{}", item.id)) { (title.text) }
            }
            p.from { (page.ta("from", &[("sender", &from.text)])) " · " time datetime=(item.updated) { (time(item.updated, page.language)) } }
            @if let Some(words) = pick(&item.summary, page.language) { p.words lang=[words.lang.as_deref()] { (words.text) } }
            p.facts {
                @if item.unread { span.ds-tag data-color="accent" { (page.t("unread")) } }
                @if let Some((color, words)) = status(page, item) { span.ds-tag data-color=(color) { (say(&words)) } }
                @if let Some(due) = item.due { span { (page.ta("due", &[("date", &date(due, page.language))])) } }
                @if item.attachments > 0 { span { (page.tn("files", item.attachments)) } }
            }
        }
    }
}

fn empty(visit: &Visit, view: View, searched: bool) -> Markup {
    let (page, name) = (&visit.page, [("name", visit.who.actor.name.as_str())]);
    let (title, why) = match view {
        _ if searched => ("empty-search", page.t("empty-search-why")),
        View::Inbox | View::All => ("empty-inbox", page.ta("empty-inbox-why", &name)),
        View::Drafts => ("empty-folder", page.t("empty-drafts-why")),
        View::Sent => ("empty-folder", page.ta("empty-sent-why", &name)),
        View::Archive => ("empty-folder", page.t("empty-archive-why")),
        View::Bin => ("empty-folder", page.t("empty-bin-why")),
    };
    let alone = visit.who.actor.uuid == visit.who.user.uuid;
    html! {
        div.empty {
            h2.ds-heading data-size="xs" { (page.t(title)) }
            p { (why) }
            @if alone && view == View::Inbox && !searched {
                p { (page.t("empty-other")) }
                p { a.ds-button data-variant="secondary" href="/aktor" { (page.t("to-actor")) } }
            }
        }
    }
}

fn pager(page: &Page, path: &str, which: &Which, listed: &InboxPage) -> Markup {
    let address = |side: Option<&str>| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(text) = &which.sok {
            query.append_pair("sok", text);
        }
        if let Some(side) = side {
            query.append_pair("side", side);
        }
        format!("{path}?{}", query.finish())
    };
    html! {
        div.row.more {
            @if let Some(next) = &listed.next {
                a.ds-button data-variant="secondary" rel="next" href=(address(Some(next))) { (page.t("show-more")) }
            }
            @if which.side.is_some() { a href=(address(None)) { (page.t("to-first")) } }
        }
    }
}
