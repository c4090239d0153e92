//! `GET /innboks/dialog/{id}/logg`: who has done what in a message.

use super::dialog::kind;
use crate::frame::{Content, Section};
use crate::pages::refusal;
use crate::visit::{Page, Visit};
use crate::words::{pick, time};
use axum::extract::Path;
use axum::response::Response;
use maud::html;
use ports::dialogporten::{Label, LogEntry, LogKind};
use uuid::Uuid;

pub async fn handle(visit: Visit, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse() else { return refusal::missing(&visit.page) };
    show(&visit, id).await.unwrap_or_else(|refused| refused)
}

async fn show(visit: &Visit, id: Uuid) -> Result<Response, Response> {
    let page = &visit.page;
    let mut entries = refusal::opened(visit, page.portal.deps.inbox.activity(visit.viewer(), id).await)?;
    // Set by the platform beside the sending that it stands for.
    entries.retain(|entry| entry.what != LogKind::LabelSet(Label::Sent));
    let owner = match entries.first() {
        Some(entry) => page.owner(&entry.org).await.map_err(|e| httpkit::internal(&e))?.text,
        None => String::new(),
    };
    let body = html! {
        p { (page.t("log-lead")) }
        @if entries.is_empty() { p.quiet { (page.t("log-empty")) } }
        ol.log {
            @for entry in &entries {
                li {
                    time datetime=(entry.at) { (time(entry.at, page.language)) }
                    (sentence(page, entry, &owner))
                    @if let Some(words) = pick(&entry.text, page.language) { " " span.quiet lang=[words.lang.as_deref()] { "«" (words.text) "»" } }
                }
            }
        }
    };
    let content = Content::new(page.t("log-title"), Section::Inbox, body)
        .below("/innboks", page.t("section-inbox"))
        .below(format!("/innboks/dialog/{id}"), page.t("kind-other"));
    Ok(page.show(&content))
}

fn sentence(page: &Page, entry: &LogEntry, owner: &str) -> String {
    let name = entry.who.as_deref().unwrap_or(owner);
    let name = if entry.by_viewer { page.ta("log-you", &[("name", name)]) } else { name.to_owned() };
    let who = ("who", name.as_str());
    match entry.what {
        LogKind::Activity(activity) => page.ta(activity_key(activity), &[who]),
        LogKind::Transmission(of) => {
            page.ta("log-transmission", &[who, ("kind", &kind(page, of).to_lowercase())])
        }
        LogKind::Seen => page.ta("log-seen", &[who]),
        LogKind::LabelSet(label) => page.ta(
            match label {
                Label::Bin => "log-to-bin",
                Label::Archive => "log-to-archive",
                Label::Default => "log-to-inbox",
                Label::MarkedAsUnopened => "log-unread",
                Label::Sent => "log-form-submitted",
            },
            &[who],
        ),
        LogKind::LabelRemoved(label) => page.ta(
            match label {
                Label::Bin => "log-from-bin",
                Label::Archive => "log-from-archive",
                Label::MarkedAsUnopened => "log-read",
                Label::Default | Label::Sent => "log-from-inbox",
            },
            &[who],
        ),
    }
}

fn activity_key(activity: &str) -> &'static str {
    match activity {
        "DialogCreated" => "log-dialog-created",
        "DialogClosed" => "log-dialog-closed",
        "Information" => "log-information",
        "TransmissionOpened" => "log-transmission-opened",
        "PaymentMade" => "log-payment-made",
        "SignatureProvided" => "log-signature-provided",
        "DialogOpened" => "log-dialog-opened",
        "DialogDeleted" => "log-dialog-deleted",
        "DialogRestored" => "log-dialog-restored",
        "SentToSigning" => "log-sent-to-signing",
        "SentToFormFill" => "log-sent-to-form-fill",
        "SentToSendIn" => "log-sent-to-send-in",
        "SentToPayment" => "log-sent-to-payment",
        "FormSubmitted" => "log-form-submitted",
        "FormSaved" => "log-form-saved",
        "CorrespondenceOpened" => "log-correspondence-opened",
        "CorrespondenceConfirmed" => "log-correspondence-confirmed",
        _ => "log-activity",
    }
}
