//! `/sandbox/api/v1/faults`

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::{Access, Json, Role, Route, Routes, problem, problem::Problem};
use ports::faults::{Fault, Faults, Kind};
use serde_json::json;
use std::sync::Arc;

/// Longest delay, under the time that a request may take.
const LONGEST: u64 = 50_000;
/// Most faults at once.
const MOST: usize = 100;

type Board = State<Arc<dyn Faults>>;

pub fn routes(board: Arc<dyn Faults>) -> Vec<Route> {
    Routes::new(Role::ALLTING, board)
        .get("/sandbox/api/v1/faults", Access::sandbox(), list)
        .delete("/sandbox/api/v1/faults", Access::sandbox(), clear)
        .put("/sandbox/api/v1/faults/{name}", Access::sandbox(), set)
        .delete("/sandbox/api/v1/faults/{name}", Access::sandbox(), remove)
        .done()
}

async fn list(State(faults): Board) -> Response {
    axum::Json(json!({ "faults": *faults.active() })).into_response()
}

async fn set(State(faults): Board, Path(name): Path<String>, Json(fault): Json<Fault>) -> Response {
    let fault = Fault { name, ..fault };
    let active = faults.active();
    let more = active.iter().all(|other| other.name != fault.name);
    if more && active.len() >= MOST {
        return invalid("There are too many faults already.");
    }
    if let Err(reason) = check(&fault) {
        return invalid(reason);
    }
    match faults.set(&fault).await {
        Ok(()) => axum::Json(fault).into_response(),
        Err(e) => httpkit::internal(&e),
    }
}

async fn remove(State(faults): Board, Path(name): Path<String>) -> Response {
    match faults.clear(Some(&name)).await {
        Ok(0) => {
            Problem::allting(StatusCode::NOT_FOUND, "no-such-fault", "There is no fault with this name.")
                .into_response()
        }
        Ok(_) => problem::empty(StatusCode::NO_CONTENT),
        Err(e) => httpkit::internal(&e),
    }
}

async fn clear(State(faults): Board) -> Response {
    match faults.clear(None).await {
        Ok(_) => problem::empty(StatusCode::NO_CONTENT),
        Err(e) => httpkit::internal(&e),
    }
}

fn invalid(reason: &str) -> Response {
    Problem::allting(StatusCode::BAD_REQUEST, "invalid-fault", reason).into_response()
}

/// Every kind has the members that it needs, and no others.
fn check(fault: &Fault) -> Result<(), &'static str> {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fault.name.is_empty() || fault.name.len() > 40 || !plain(&fault.name) {
        return Err("A name has at most 40 lower-case letters, digits and hyphens.");
    }
    if fault.service.as_deref().is_some_and(|service| service.len() > 60 || !plain(service)) {
        return Err("A service is a label of docs/wire/hosts.md, such as maskinporten or platform.");
    }
    if fault.path.as_deref().is_some_and(|path| !path.starts_with('/') || path.len() > 200) {
        return Err("A path begins with a slash and has at most 200 characters.");
    }
    if fault.client.as_deref().is_some_and(|client| client.is_empty() || client.len() > 200) {
        return Err("A client is a client id or an organisation number.");
    }
    if !(0.0..=1.0).contains(&fault.probability) {
        return Err("A probability lies between 0 and 1.");
    }
    let given = (
        fault.milliseconds.is_some() || fault.jitter.is_some(),
        fault.status.is_some(),
        fault.answer.is_some(),
        fault.down.is_some(),
    );
    match (fault.kind, given) {
        (Kind::Slow, (true, false, false, false)) => {
            let longest = fault.milliseconds.unwrap_or(0).saturating_add(fault.jitter.unwrap_or(0));
            if longest > LONGEST { Err("A delay has at most 50000 milliseconds.") } else { Ok(()) }
        }
        (Kind::Error, (false, true, false, false)) => {
            let known = fault.status.is_some_and(|status| (400..=599).contains(&status));
            if known { Ok(()) } else { Err("A status lies between 400 and 599.") }
        }
        (Kind::WrongAnswer, (false, false, true, false)) | (Kind::Down, (false, false, false, true)) => {
            Ok(())
        }
        (Kind::Slow, _) => Err("slow needs milliseconds or jitter, and nothing of other kinds."),
        (Kind::Error, _) => Err("error needs status, and nothing of other kinds."),
        (Kind::WrongAnswer, _) => Err("wrong-answer needs answer, and nothing of other kinds."),
        (Kind::Down, _) => Err("down needs down, and nothing of other kinds."),
    }
}
