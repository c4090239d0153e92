//! The pages that a person sees while logging in and out. They have a plain look of their own and need no script.

mod login;
mod logout;
mod texts;

pub use login::{PersonPage, choose, person};
pub use logout::logged_out;
use maud::{DOCTYPE, Markup, html};
pub use texts::Language;

/// Style sheet of every page; addresses are relative, so that they fit with and without the path prefix.
pub const STYLE: &str = include_str!("login.css");
/// Sends the form of [`form_post`].
pub const FORM_POST_SCRIPT: &str = include_str!("form_post.js");
/// Goes on from [`logged_out`].
pub const LOGOUT_SCRIPT: &str = include_str!("logout.js");

/// Frame of a page. `languages` holds the handle of the login under way, when the language can be changed.
fn frame(language: Language, title: &str, languages: Option<&str>, head: Markup, body: Markup) -> String {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) " – ID-porten" }
                link rel="stylesheet" href="login.css";
                (head)
            }
            body {
                a.skip href="#content" { (language.text("skip")) }
                header {
                    strong { "ID-porten" }
                    @if let Some(handle) = languages {
                        nav aria-label=(language.text("language")) { ul {
                            @for (tag, name) in [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")] {
                                li {
                                    @if tag == language.tag() { span lang=(tag) aria-current="true" { (name) } }
                                    @else { a lang=(tag) hreflang=(tag) href=(format!("language?t={handle}&to={tag}")) { (name) } }
                                }
                            }
                        } }
                    }
                }
                main id="content" { (body) }
            }
        }
    }
    .into_string()
}

/// A page that says why nothing more can be done.
pub fn error(language: Language, text_id: &str) -> String {
    let title = language.text("title-error");
    let body = html! {
        h1 { (title) }
        p { (language.text(text_id)) }
        p { (language.text("error-help")) }
    };
    frame(language, &title, None, html! {}, body)
}

/// `response_mode=form_post`: a form that sends itself, or is sent by its button.
pub fn form_post(language: Language, action: &str, fields: &[(&str, String)]) -> String {
    let title = language.text("form-post-heading");
    let body = html! {
        h1 { (title) }
        form method="post" action=(action) {
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button type="submit" { (language.text("form-post-button")) }
        }
    };
    let head = html! { script src="form_post.js" defer {} };
    frame(language, &title, None, head, body)
}
