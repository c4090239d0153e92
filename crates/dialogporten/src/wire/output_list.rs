//! Pages of dialogs as JSON.

use super::output::{Members, Reader};
use crate::domain::model::{Content, Dialog, Seen};
use crate::domain::names::ContentType;
use crate::domain::order::{Order, Place};
use crate::time;
use serde_json::Value;

/// Contents that a list shows.
const KINDS: [ContentType; 4] =
    [ContentType::Title, ContentType::Summary, ContentType::SenderName, ContentType::ExtendedStatus];

/// One line. `low_level`: the reader's login is too weak for the sensitive title and summary.
pub fn line(reader: &Reader, d: &Dialog, seen: &[Seen], low_level: bool) -> Value {
    let mut content: Content = d.content.clone();
    if low_level {
        for (open, shown) in [
            (ContentType::NonSensitiveTitle, ContentType::Title),
            (ContentType::NonSensitiveSummary, ContentType::Summary),
        ] {
            if let Some(value) = content.remove(&open) {
                content.insert(shown, value);
            }
        }
    }
    let members = reader
        .common(d, seen)
        .put("guiAttachmentCount", d.gui_attachments())
        .opt("latestActivity", d.latest_activity.as_ref().map(|a| reader.activity(a)))
        .opt("content", reader.content(&content, &KINDS, None));
    if reader.end_user { members.done() } else { Reader::owners(members, d).done() }
}

/// A page. Without rows the token that came in goes back.
pub fn page(
    items: Vec<Value>,
    has_next: bool,
    order: &Order,
    last: Option<Place>,
    given: Option<&str>,
) -> Value {
    let token = last.map(|place| order.token(&place, time::text)).or_else(|| given.map(str::to_owned));
    Members::default()
        .put("items", items)
        .put("hasNextPage", has_next)
        .opt("continuationToken", token)
        .put("orderBy", order.text())
        .done()
}
