//! `GET|POST /Authorize`: the form, and the login.

use super::{Mockporten, Request, usable};
use crate::http::finish::with_query;
use crate::store::mock::{self, Code};
use crate::wire::params::Params;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use httpkit::problem;
use jiff::SignedDuration;
use kernel::Pid;
use kernel::pid::Synthetic;
use maud::{DOCTYPE, html};
use std::time::{Duration, Instant};

/// Hidden inputs that go round. WIRE: clients submit the form with exactly these names (identity §2.8).
const ROUND_TRIP: [&str; 15] = [
    "Response_type",
    "Client_id",
    "Redirect_uri",
    "Scope",
    "State",
    "Nonce",
    "Acr_values",
    "Response_mode",
    "Ui_locales",
    "Prompt",
    "Code_challenge",
    "Code_challenge_method",
    "Login_hint",
    "Claims",
    "Request_uri",
];
const MAX_FAILURES: u32 = 5;
const LOCKED: Duration = Duration::from_mins(15);
const CODE_MINUTES: i64 = 5;

/// The form.
pub async fn get(State(mock): State<Mockporten>, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    match request(&mock, &params).await {
        Ok(request) => form(&params, &request),
        Err(refused) => refused,
    }
}

fn form(params: &Params, request: &Request) -> Response {
    let value = |name: &str| match name {
        "Client_id" => request.client_id.clone(),
        "Redirect_uri" => request.redirect_uri.clone(),
        "State" => request.state.clone(),
        "Nonce" => request.nonce.clone(),
        "Code_challenge" => request.code_challenge.clone(),
        "Code_challenge_method" => request.code_challenge_method.clone(),
        other => any_case(params, other).unwrap_or_default().to_owned(),
    };
    let page = html! {
        (DOCTYPE)
        html lang="nb" {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1"; title { "Mockporten" } }
            body { main {
                h1 { "Mockporten" }
                p { "Testinnlogging med syntetiske fødselsnumre." }
                form method="post" {
                    p { label for="Pid" { "Fødselsnummer" } " " input type="text" id="Pid" name="Pid" autocomplete="off" required; }
                    p { label for="Password" { "Felles passord" } " " input type="password" id="Password" name="Password" required; }
                    @for name in ROUND_TRIP { input type="hidden" name=(name) value=(value(name)); }
                    p { button type="submit" { "Logg inn" } }
                }
            } }
        }
    };
    httpkit::html_leading_on(http::StatusCode::OK, page.into_string())
}

/// The login.
pub async fn post(State(mock): State<Mockporten>, body: Bytes) -> Response {
    let params = Params::parse(&body);
    log_in(&mock, &params).await.unwrap_or_else(|refused| refused)
}

async fn log_in(mock: &Mockporten, params: &Params) -> Result<Response, Response> {
    check_password(mock, any_case(params, "Password").unwrap_or_default())?;
    let request = request(mock, params).await?;
    let reachable = usable(&request.redirect_uri).is_ok();
    let pid = any_case(params, "Pid").unwrap_or_default();
    let synthetic = Pid::parse(pid).is_ok_and(|pid| pid.series() == Some(Synthetic::Tenor));
    if !reachable {
        return Err(problem::empty(StatusCode::FORBIDDEN));
    }
    let mut answer = if synthetic {
        vec![("code", give_code(mock, &request, pid).await.map_err(|e| httpkit::internal(&e))?)]
    } else {
        vec![("error", "access_denied".to_owned()), ("error_description", "pid_not_synthetic".to_owned())]
    };
    answer.push(("state", request.state.clone()));
    Ok(crate::http::finish::redirect(&with_query(&request.redirect_uri, &answer)))
}

fn check_password(mock: &Mockporten, given: &str) -> Result<(), Response> {
    let expected = &mock.ctx.config.sandbox.mockporten_password;
    let mut attempts = mock.attempts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let locked =
        attempts.failures >= MAX_FAILURES && attempts.last.is_some_and(|last| last.elapsed() < LOCKED);
    if locked {
        return Err(problem::empty(StatusCode::TOO_MANY_REQUESTS));
    }
    let keys = &mock.ctx.keys;
    let right =
        keys.digest_matches("mockporten-password", given, &keys.digest("mockporten-password", expected));
    if right && !expected.is_empty() {
        attempts.failures = 0;
        return Ok(());
    }
    attempts.failures += 1;
    attempts.last = Some(Instant::now());
    Err(problem::empty(StatusCode::UNAUTHORIZED))
}

async fn give_code(mock: &Mockporten, request: &Request, pid: &str) -> db::Result<String> {
    let now = mock.ctx.clock.now();
    let code = mock.ctx.ids.token(32);
    let digest = mock.code_digest(&code);
    let row = Code { request: request.clone(), pid: pid.to_owned(), auth_time: now };
    let expires_at = now + SignedDuration::from_mins(CODE_MINUTES);
    db::write_tx!(mock.ctx.db, "mockporten.code", |tx| {
        mock::put_code(tx, &digest, &row, expires_at).await
    })?;
    Ok(code)
}

/// The request, pushed or in the parameters.
async fn request(mock: &Mockporten, params: &Params) -> Result<Request, Response> {
    if let Some(uri) = any_case(params, "Request_uri") {
        let handle = uri.strip_prefix(super::par::PREFIX).unwrap_or_default();
        let found = mock::pushed(&mock.ctx.db, &mock.pushed_digest(handle), mock.ctx.clock.now()).await;
        let found = found.map_err(|e| httpkit::internal(&e))?;
        return found
            .ok_or_else(|| problem::text(StatusCode::BAD_REQUEST, "request_uri is unknown or has expired"));
    }
    Ok(read(params))
}

/// Reads the parameters, whatever the case of their names.
pub fn read(params: &Params) -> Request {
    let text = |name: &str| any_case(params, name).unwrap_or_default().to_owned();
    Request {
        client_id: text("Client_id"),
        redirect_uri: text("Redirect_uri"),
        state: text("State"),
        nonce: text("Nonce"),
        code_challenge: text("Code_challenge"),
        code_challenge_method: text("Code_challenge_method"),
    }
}

fn any_case<'p>(params: &'p Params, name: &str) -> Option<&'p str> {
    params.get(name).or_else(|| params.get(&name.to_lowercase()))
}
