//! The answer to an authorization request: a code, or an error that the client may know.

use crate::domain::acr::Acr;
use crate::domain::authorize::{OauthError, Request, ResponseMode, ReturnAddress};
use crate::domain::client::Client;
use crate::domain::session::Login;
use crate::http::browser::{self, SESSION_COOKIE};
use crate::store::{grants, requests, sessions};
use crate::{Idporten, pages};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use httpkit::Origin;
use jiff::SignedDuration;
use url::form_urlencoded;
use uuid::Uuid;

/// A code that is not redeemed by then is void.
const CODE_SECONDS: i64 = 60;

/// A login that has just been made.
pub struct NewLogin {
    pub pid: String,
    pub acr: Acr,
    pub amr: &'static str,
}

/// Where a checked request's answer goes.
pub fn address(request: &Request) -> ReturnAddress {
    ReturnAddress {
        redirect_uri: request.redirect_uri.clone(),
        response_mode: request.response_mode,
        state: request.state.clone(),
    }
}

/// Tells the client what went wrong.
pub fn error(idp: &Idporten, headers: &HeaderMap, to: &ReturnAddress, error: &OauthError) -> Response {
    let fields = vec![("error", error.code.to_owned()), ("error_description", error.description.clone())];
    answer(idp, headers, to, fields)
}

/// Sends `fields`, `state` and `iss` in the way that the client asked for.
fn answer(
    idp: &Idporten,
    headers: &HeaderMap,
    to: &ReturnAddress,
    mut fields: Vec<(&'static str, String)>,
) -> Response {
    if let Some(state) = &to.state {
        fields.push(("state", state.clone()));
    }
    fields.push(("iss", idp.issuer().to_owned()));
    match to.response_mode {
        ResponseMode::Query => redirect(&with_query(&to.redirect_uri, &fields)),
        ResponseMode::FormPost => {
            let form = pages::form_post(browser::language(headers, None), &to.redirect_uri, &fields);
            httpkit::html_leading_on(StatusCode::OK, form)
        }
    }
}

/// A 302 that no cache keeps.
pub fn redirect(location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let headers =
        [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::FOUND, headers).into_response()
}

/// Adds to the query that the address may already have.
pub fn with_query(uri: &str, fields: &[(&str, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        query.append_pair(name, value);
    }
    // Spaces as %20: a state is to come back byte for byte also to those who decode it as a URI component.
    let query = query.finish().replace('+', "%20");
    let join = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{join}{query}")
}

/// Ends a page login (`handle` and this browser) with a new login and sends the code.
pub async fn finish_login(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    handle: &str,
    made: &NewLogin,
) -> Result<Response, Response> {
    let browser_hash = idp.browser_digest(&browser::binding(headers, origin).unwrap_or_default());
    let now = idp.ctx.clock.now();
    let mut tx = begin(idp, "idporten.finish_login").await?;
    let request =
        requests::take_login(&mut tx, &idp.login_digest(handle), &browser_hash, now).await.map_err(db)?;
    let Some(request) = request else { return Err(browser::error_page(headers, "error-expired")) };
    let Some(registered) = crate::store::clients::get_in(&mut tx, &request.client_id).await.map_err(db)?
    else {
        return Err(browser::error_page(headers, "error-client"));
    };
    complete(idp, tx, origin, headers, &registered.client, &request, made).await
}

/// Records a new login and sends the code.
pub async fn new_login(
    idp: &Idporten,
    origin: &Origin,
    headers: &HeaderMap,
    client: &Client,
    request: &Request,
    made: &NewLogin,
) -> Result<Response, Response> {
    let tx = begin(idp, "idporten.new_login").await?;
    complete(idp, tx, origin, headers, client, request, made).await
}

async fn complete(
    idp: &Idporten,
    mut tx: db::Tx,
    origin: &Origin,
    headers: &HeaderMap,
    client: &Client,
    request: &Request,
    made: &NewLogin,
) -> Result<Response, Response> {
    let handle = idp.ctx.ids.token(32);
    let old = browser::cookie(headers, SESSION_COOKIE).map(|old| idp.session_digest(&old));
    let login = open_session(idp, &mut tx, client, old.as_deref(), &handle, made).await.map_err(db)?;
    let code = give_code(idp, &mut tx, headers, client, request, &login).await.map_err(db)?;
    tx.commit().await.map_err(db)?;
    let mut response = send_code(idp, headers, request, code);
    browser::set_cookie(&mut response, origin, SESSION_COOKIE, &handle);
    Ok(response)
}

/// Answers from a session that is already there.
pub async fn reuse(
    idp: &Idporten,
    headers: &HeaderMap,
    client: &Client,
    request: &Request,
    login: &Login,
) -> Result<Response, Response> {
    let mut tx = begin(idp, "idporten.reuse").await?;
    sessions::touch(&mut tx, login.session_id, idp.ctx.clock.now()).await.map_err(db)?;
    let code = give_code(idp, &mut tx, headers, client, request, login).await.map_err(db)?;
    tx.commit().await.map_err(db)?;
    Ok(send_code(idp, headers, request, code))
}

fn send_code(idp: &Idporten, headers: &HeaderMap, request: &Request, code: String) -> Response {
    answer(idp, headers, &address(request), vec![("code", code)])
}

async fn begin(idp: &Idporten, label: &'static str) -> Result<db::Tx, Response> {
    idp.ctx.db.begin(label).await.map_err(db)
}

fn db(error: db::Error) -> Response {
    httpkit::internal(&error)
}

/// The same person goes on in the same session under a new handle; another person gets a session of their own, and the
/// browser's old one ends.
async fn open_session(
    idp: &Idporten,
    tx: &mut db::Tx,
    client: &Client,
    old: Option<&str>,
    handle: &str,
    made: &NewLogin,
) -> db::Result<Login> {
    let now = idp.ctx.clock.now();
    let digest = idp.session_digest(handle);
    let current = match old {
        Some(old) => sessions::by_handle(tx, old).await?,
        None => None,
    };
    let session_id = match current {
        Some((id, pid)) if pid == made.pid => {
            sessions::rotate(tx, id, &digest, now).await?;
            id
        }
        other => {
            if let Some((id, _)) = other {
                sessions::end(tx, id).await?;
            }
            let id = idp.ctx.ids.uuid_v7(now);
            sessions::insert(tx, id, &digest, &made.pid, now).await?;
            id
        }
    };
    let login = Login {
        session_id,
        pid: made.pid.clone(),
        acr: made.acr,
        amr: made.amr.to_owned(),
        auth_time: now,
        last_used: now,
    };
    sessions::put_login(tx, isolation(client), &login).await?;
    Ok(login)
}

/// Which login of the session a client may see.
pub fn isolation(client: &Client) -> &str {
    if client.sso_disabled { &client.id } else { sessions::SHARED }
}

async fn give_code(
    idp: &Idporten,
    tx: &mut db::Tx,
    headers: &HeaderMap,
    client: &Client,
    request: &Request,
    login: &Login,
) -> db::Result<String> {
    let now = idp.ctx.clock.now();
    let code = format!("{}.{}", idp.ctx.ids.token(16), idp.ctx.ids.token(16));
    let new_sid = idp.ctx.ids.token(16);
    let sid = sessions::join(tx, login.session_id, &client.id, &new_sid).await?;
    let grant = grants::Grant {
        id: idp.ctx.ids.uuid_v7(now),
        client_id: client.id.clone(),
        session_id: Some(login.session_id).filter(|id| *id != Uuid::nil()),
        request: request.clone(),
        pid: login.pid.clone(),
        acr: login.acr.as_str().to_owned(),
        amr: login.amr.clone(),
        locale: browser::locale(headers, request.ui_locales.as_deref()).to_owned(),
        sid,
        auth_time: login.auth_time,
        code_expires_at: now + SignedDuration::from_secs(CODE_SECONDS),
        code_used_at: None,
        expires_at: now + SignedDuration::from_secs(client.lifetimes.authorization),
        revoked_at: None,
    };
    grants::insert(tx, &idp.code_digest(&code), &grant).await?;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_query_is_kept() {
        let fields = [("state", "a b+c".to_owned()), ("iss", "https://i".to_owned())];
        assert_eq!(with_query("https://x/cb", &fields), "https://x/cb?state=a%20b%2Bc&iss=https%3A%2F%2Fi");
        assert_eq!(with_query("https://x/cb?a=1", &fields[..1]), "https://x/cb?a=1&state=a%20b%2Bc");
    }
}
