//! One page, one file.

pub mod decision;
pub mod job;
pub mod jobs;
pub mod log;
pub mod start;

use crate::visit::{Content, JOBS, Visit};
use ::jobs::{Refused, State};
use axum::response::Response;
use http::StatusCode;
use maud::html;

/// What a message's state is called.
fn state(visit: &Visit, state: State) -> String {
    visit.t(match state {
        State::Dead => "state-dead",
        State::Waiting => "state-waiting",
        State::Running => "state-running",
    })
}

/// The page that says why nothing was done.
fn refusal(visit: &Visit, refused: &Refused) -> Response {
    let (status, title, why) = match refused {
        Refused::Unknown => (StatusCode::NOT_FOUND, "unknown-title", "unknown-words"),
        Refused::Running => (StatusCode::CONFLICT, "running-title", "running-words"),
        Refused::NoReason => (StatusCode::BAD_REQUEST, "reason-title", "reason-words"),
        Refused::Cursor(_) => (StatusCode::BAD_REQUEST, "place-title", "place-words"),
        Refused::Db(error) => return httpkit::internal(error),
    };
    tell(visit, status, title, why)
}

/// The page for a form that did not come from our own, or not whole.
fn bad_form(visit: &Visit, answer: &Response) -> Response {
    tell(visit, answer.status(), "form-title", "form-words")
}

fn tell(visit: &Visit, status: StatusCode, title: &str, why: &str) -> Response {
    let jobs = visit.t("section-jobs");
    let body = html! {
        p { (visit.t(why)) }
        p { a.ds-link href=(JOBS) { (visit.t("to-jobs")) } }
    };
    visit.show_with(status, Content { title: &visit.t(title), section: JOBS, trail: &[(JOBS, &jobs)], body })
}
