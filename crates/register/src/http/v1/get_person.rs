//! `GET /register/api/v1/persons`: a person for whoever knows both number and last name.

use crate::domain::names::last_names_match;
use crate::http::State;
use crate::store::{attempts, records};
use crate::wire::v1;
use audit::Lookup;
use axum::Json;
use axum::extract;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use http::{HeaderMap, StatusCode};
use httpkit::problem::{self, FieldProblem};
use httpkit::{Caller, problem::internal};
use jiff::{SignedDuration, Timestamp};
use kernel::Pid;
use ports::population::Person;
use uuid::Uuid;

/// Failures after which a caller has to wait.
const MOST_FAILURES: i64 = 10;
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

pub async fn handle(
    extract::State(state): extract::State<State>,
    caller: Caller,
    headers: HeaderMap,
) -> Response {
    if caller.auth_level() < 2 {
        return problem::empty(StatusCode::FORBIDDEN);
    }
    let Some(user) = caller.party_uuid() else { return problem::empty(StatusCode::FORBIDDEN) };
    let (pid, last_name) = match asked(&headers) {
        Ok(asked) => asked,
        Err(errors) => return problem::validation(&errors),
    };
    match look_up(&state, user, &pid, &last_name).await {
        Ok(Outcome::Found(person)) => Json(v1::Person::new(&person)).into_response(),
        Ok(Outcome::NotFound) => problem::altinn(StatusCode::NOT_FOUND, "REG-00009", "Person not found"),
        Ok(Outcome::Blocked) => problem::altinn(
            StatusCode::TOO_MANY_REQUESTS,
            "REG-00008",
            "Too many failed attempts to lookup person",
        ),
        Err(error) => internal(&error),
    }
}

enum Outcome {
    Found(Box<Person>),
    NotFound,
    Blocked,
}

/// Looks and counts in one transaction, so that parallel guesses do not slip past the limit.
async fn look_up(state: &State, user: Uuid, pid: &str, last_name: &str) -> Result<Outcome, db::Error> {
    let person = records::person(&state.db, pid).await?;
    let now = state.clock.now();
    let since = hour_before(now);
    db::write_tx!(state.db, "register.person_lookup", |tx| {
        if attempts::count(tx, user, since).await? >= MOST_FAILURES {
            return Ok::<_, db::Error>(Outcome::Blocked);
        }
        let looked_up = |person| Lookup { at: now, operation: "register.person", person };
        let matches = person
            .as_ref()
            .filter(|person| last_names_match(person.last_name.as_deref().unwrap_or_default(), last_name));
        if let Some(person) = matches {
            audit::looked_up(tx, &looked_up(person.party_uuid)).await?;
            return Ok(Outcome::Found(Box::new(person.clone())));
        }
        audit::looked_up(tx, &looked_up(None)).await?;
        attempts::add(tx, user, now, since).await?;
        Ok(Outcome::NotFound)
    })
}

fn hour_before(now: Timestamp) -> Timestamp {
    now.checked_sub(WINDOW).unwrap_or(Timestamp::MIN)
}

fn asked(headers: &HeaderMap) -> Result<(String, String), Vec<FieldProblem>> {
    let header =
        |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let mut errors = Vec::new();
    let pid = header("X-Ai-NationalIdentityNumber").filter(|pid| Pid::parse_digits(pid.trim()).is_ok());
    if pid.is_none() {
        let path = "/$HEADER/X-Ai-NationalIdentityNumber";
        errors.push(FieldProblem::new("REG.VLD-00007", "Invalid person number", path));
    }
    let name = header("X-Ai-LastName").filter(|name| !name.trim().is_empty());
    if name.is_none() {
        errors.push(FieldProblem::new("REG.VLD-00003", "Value cannot be null", "/$HEADER/X-Ai-LastName"));
    }
    match (pid, name) {
        (Some(pid), Some(name)) => Ok((pid.trim().to_owned(), decoded(&name))),
        _ => Err(errors),
    }
}

/// WIRE: the name is plain, or base64 of UTF-8 when it has letters that headers cannot carry.
fn decoded(name: &str) -> String {
    let bytes = base64::engine::general_purpose::STANDARD.decode(name.trim());
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
        .unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_names_come_plain_or_in_base64() {
        assert_eq!(decoded("w5hkZWfDpXJk"), "Ødegård");
        assert_eq!(decoded("Nordli"), "Nordli");
        assert_eq!(decoded("Berg"), "Berg", "valid base64 of bytes that are no text");
    }
}
