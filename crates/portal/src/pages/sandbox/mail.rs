//! `GET /sandkasse/epost`: what the sandbox kept instead of sending.

use crate::frame::{Content, Section};
use crate::visit::Page;
use crate::words::time;
use axum::response::Response;
use maud::html;

pub const HERE: &str = "/sandkasse/epost";
/// Messages shown at most.
const MOST: u32 = 50;

pub async fn handle(page: Page) -> Response {
    let mails = match notifyio::captured(&page.portal.ctx.db, None, MOST).await {
        Ok(mails) => mails,
        Err(e) => return httpkit::internal(&e),
    };
    let body = html! {
        p.lead { (page.t("mail-lead")) }
        @if mails.is_empty() { p.empty { (page.t("mail-none")) } }
        @for mail in &mails {
            section {
                h2.ds-heading data-size="xs" { (mail.subject) }
                p.quiet { (page.ta("mail-to", &[("to", &mail.recipient), ("time", &time(mail.at, page.language))])) }
                @for line in mail.body.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
            }
        }
    };
    let content =
        Content::new(page.t("mail-title"), Section::None, body).below(super::HOME, page.t("sandbox-title"));
    page.show(&content)
}
