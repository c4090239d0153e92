//! The end of a session.

use super::{Language, frame};
use maud::html;

/// Frames tell each client; after a few seconds the browser goes on to `next`, if there is such a place.
pub fn logged_out(language: Language, frames: &[String], next: Option<&str>) -> String {
    let title = language.text("title-logout");
    let head = html! {
        @if let Some(next) = next {
            script src="logout.js" defer {}
            noscript { meta http-equiv="refresh" content=(format!("3;url={next}")); }
        }
    };
    let body = html! {
        h1 { (title) }
        p { (language.text("logout-text")) }
        @for address in frames { iframe src=(address) title="" aria-hidden="true" {} }
        @if let Some(next) = next { p.row { a href=(next) data-next { (language.text("logout-continue")) } } }
    };
    frame(language, &title, None, head, body)
}
