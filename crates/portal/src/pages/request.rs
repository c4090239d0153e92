//! `/systembruker/foresporsel/{id}`: give a vendor's system authority, or turn it down.

use super::system_user::grants;
use crate::frame::{Content, Section, say};
use crate::pages::{fields, refusal};
use crate::visit::{Page, Visit};
use crate::words::{Words, date, org_no, pick_value};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::{CsrfForm, Origin, Role};
use maud::{Markup, html};
use ports::authentication::{Refusal, RequestStatus, RequestView};
use serde::Deserialize;
use uuid::Uuid;

/// Authority is given away by people who have logged in on this level at least.
const LEVEL: u8 = 3;

#[derive(Deserialize)]
pub struct Request {
    id: Uuid,
}

/// The address that the vendor was given leads to the page of the portal.
pub async fn lead_on(origin: Origin, Query(request): Query<Request>) -> Response {
    let base = if origin.is_own_host() { origin.of(Role::PORTAL) } else { String::new() };
    Redirect::to(&format!("{base}/systembruker/foresporsel/{}", request.id)).into_response()
}

#[derive(Deserialize)]
pub struct Done {
    svar: Option<String>,
}

/// What is asked for, or how it was answered.
pub async fn handle(visit: Visit, Path(id): Path<String>, Query(done): Query<Done>) -> Response {
    let Ok(id) = id.parse() else { return refusal::missing(&visit.page) };
    show(&visit, id, done.svar.is_some()).await.unwrap_or_else(|refused| refused)
}

/// The names that the page is made of.
struct Names {
    system: String,
    vendor: String,
    party: String,
}

async fn read(visit: &Visit, id: Uuid) -> Result<(RequestView, Names), Response> {
    let (page, deps) = (&visit.page, &visit.page.portal.deps);
    let internal = |e: db::Error| httpkit::internal(&e);
    let found = deps.approvals.request(visit.who.user.uuid, id).await.map_err(internal)?;
    let request = found.map_err(|refused| match refused.status {
        404 => refusal::missing(page),
        _ => refusal::forbidden(page),
    })?;
    let system = pick_value(&request.system_name, page.language);
    let names = Names {
        system: system.map_or_else(|| request.system_id.clone(), |words| words.text),
        vendor: page.organisation(&request.vendor_org_no).await.map_err(internal)?,
        party: page.organisation(&request.party_org_no).await.map_err(internal)?,
    };
    Ok((request, names))
}

async fn show(visit: &Visit, id: Uuid, just_now: bool) -> Result<Response, Response> {
    let (request, names) = read(visit, id).await?;
    let page = &visit.page;
    if request.status != RequestStatus::New {
        return Ok(page.show(&answered(page, &request, &names, just_now)));
    }
    if visit.who.level < LEVEL {
        return Err(refusal::level_too_low(visit, LEVEL));
    }
    let rights =
        grants(page, &request.resources, &request.packages).await.map_err(|e| httpkit::internal(&e))?;
    Ok(page.show(&question(visit, &request, &names, &rights)))
}

fn question(visit: &Visit, request: &RequestView, names: &Names, rights: &[Markup]) -> Content {
    let page = &visit.page;
    let (system, vendor, party) = words(names);
    let both = [system, vendor, party];
    let about = pick_value(&request.system_description, page.language);
    let body = html! {
        p.lead { (page.ta("request-lead", &both)) }
        @if request.timed_out { div.ds-alert data-color="warning" { p.ds-paragraph { (page.ta("request-late", &both)) } } }
        @if request.escalated { div.ds-alert data-color="info" { p.ds-paragraph { (page.t("request-escalated")) } } }
        @if request.agent { div.ds-alert data-color="info" { p.ds-paragraph { (page.ta("request-agent", &both)) } } }
        div.grant {
            dl.pairs {
                dt { (page.t("request-who")) }
                dd {
                    (page.ta("request-who-value", &both)) " (" (page.ta("org-no", &[("number", &org_no(&request.vendor_org_no))])) ")"
                    @if let Some(about) = &about { br; span.quiet { (say(about)) } }
                }
                dt { (page.t("request-for")) }
                dd { (names.party) " (" (page.ta("org-no", &[("number", &org_no(&request.party_org_no))])) ")" }
                dt { (page.t("request-what")) }
                dd {
                    @if rights.is_empty() { (page.t("request-nothing")) }
                    @else { ul { @for right in rights { li { (right) } } } }
                }
                dt { (page.t("request-until")) } dd { (page.t("request-until-value")) }
                dt { (page.t("request-undo")) } dd { (page.t("request-undo-value")) }
                dt { (page.t("request-when")) } dd { (date(request.created, page.language)) }
            }
        }
        @if request.may_escalate_only { p { (page.ta("request-escalate-why", &both)) } }
        (buttons(visit, request))
    };
    Content::new(page.ta("request-title", &both), Section::Access, body)
        .below(crate::SYSTEM_USERS, page.t("system-users-title"))
}

fn words(names: &Names) -> (Pair<'_>, Pair<'_>, Pair<'_>) {
    (("system", &names.system), ("vendor", &names.vendor), ("party", &names.party))
}

type Pair<'a> = (&'static str, &'a str);

fn buttons(visit: &Visit, request: &RequestView) -> Markup {
    let page = &visit.page;
    html! {
        form.row.actions method="post" action=(format!("/systembruker/foresporsel/{}", request.id)) {
            input type="hidden" name="_csrf" value=(visit.who.csrf);
            @if !request.may_escalate_only {
                button.ds-button name="svar" value="godkjenn" { (page.t("approve")) }
                button.ds-button data-variant="secondary" name="svar" value="avvis" { (page.t("reject")) }
            } @else if !request.escalated {
                button.ds-button name="svar" value="send-videre" { (page.t("escalate")) }
            }
        }
    }
}

/// The receipt, right after the answer and whenever the address is opened again.
fn answered(page: &Page, request: &RequestView, names: &Names, just_now: bool) -> Content {
    let (system, vendor, party) = words(names);
    let both = [system, vendor, party];
    let (title, text, next) = match (request.status, just_now) {
        (RequestStatus::Accepted, true) => {
            ("request-approved", "request-approved-words", Some("next-approved"))
        }
        (RequestStatus::Accepted, false) => {
            ("request-already-approved", "request-approved-words", Some("next-approved"))
        }
        (RequestStatus::Rejected, true) => {
            ("request-rejected", "request-rejected-words", Some("next-rejected"))
        }
        (RequestStatus::Rejected, false) => {
            ("request-already-rejected", "request-rejected-words", Some("next-rejected"))
        }
        _ => ("request-closed", "request-closed-words", None),
    };
    let approved = request.status == RequestStatus::Accepted;
    let color = if approved { "success" } else { "info" };
    let kind = if request.agent { "agentrequest" } else { "request" };
    let body = html! {
        div.ds-alert data-color=(color) role="status" tabindex="-1" data-focus { p.ds-paragraph { (page.ta(text, &both)) } }
        dl.pairs {
            dt { (page.t("receipt")) } dd { (request.id) }
            dt { (page.t("request-who")) } dd { (page.ta("request-who-value", &both)) }
            dt { (page.t("request-for")) } dd { (names.party) }
        }
        @if let Some(next) = next {
            h2.ds-heading data-size="sm" { (page.t("next-title")) }
            p { (page.ta(next, &both)) }
        }
        div.row.actions {
            @if request.redirect_url.is_some() {
                a.ds-button href=(page.elsewhere(Role::AM_UI, &format!("/accessmanagement/api/v1/systemuser/{kind}/{}/logout", request.id))) { (page.ta("to-vendor", &both)) }
            }
            @if approved { a.ds-button data-variant="secondary" href=(format!("{}/{}", crate::SYSTEM_USERS, request.id)) { (page.t("to-system-user")) } }
            a.ds-button data-variant="secondary" href="/innboks" { (page.t("to-inbox")) }
        }
    };
    Content::new(page.t(title), Section::Access, body)
        .below(crate::SYSTEM_USERS, page.t("system-users-title"))
}

#[derive(Deserialize)]
pub struct Answer {
    svar: String,
}

/// Takes the answer.
pub async fn decide(
    visit: Visit,
    Path(id): Path<String>,
    form: Result<CsrfForm<Answer>, Response>,
) -> Response {
    take(&visit, &id, form).await.unwrap_or_else(|refused| refused)
}

async fn take(
    visit: &Visit,
    id: &str,
    form: Result<CsrfForm<Answer>, Response>,
) -> Result<Response, Response> {
    let page = &visit.page;
    let answer = fields(form, page)?;
    let Ok(id) = id.parse() else { return Err(refusal::missing(page)) };
    if visit.who.level < LEVEL {
        return Err(refusal::level_too_low(visit, LEVEL));
    }
    let (approvals, user, level) = (&page.portal.deps.approvals, visit.who.user.uuid, visit.who.level);
    let outcome = match answer.svar.as_str() {
        "godkjenn" => approvals.approve(user, level, id).await,
        "avvis" => approvals.reject(user, level, id).await,
        "send-videre" => approvals.escalate(user, id).await,
        _ => return Err(refusal::missing(page)),
    };
    match outcome.map_err(|e| httpkit::internal(&e))? {
        // A redirect, so that reloading the receipt does not send the form again.
        Ok(()) => {
            Ok(Redirect::to(&format!("/systembruker/foresporsel/{id}?svar={}", answer.svar)).into_response())
        }
        Err(refused) => Err(refuse(visit, id, &refused).await),
    }
}

async fn refuse(visit: &Visit, id: Uuid, refused: &Refusal) -> Response {
    let page = &visit.page;
    let names = match read(visit, id).await {
        Ok((_, names)) => names,
        Err(page) => return page,
    };
    let key = reason(&refused.code);
    let again = format!("/systembruker/foresporsel/{id}");
    let body = html! {
        div.ds-alert data-color="danger" role="alert" tabindex="-1" data-focus {
            p.ds-paragraph { (page.ta(key, &[("party", names.party.as_str()), ("code", refused.code.as_str())])) }
        }
        p { (page.t("refused-help")) }
        dl.pairs { dt { (page.t("receipt")) } dd { (id) " · " (refused.code) } }
        div.row.actions {
            @if key == "refused-level" {
                a.ds-button href=(page.login(&again, &[("acr_values", "idporten-loa-high")])) { (page.t("level-button")) }
            }
            a.ds-button data-variant="secondary" href=(again) { (page.ta("request-who-value", &[("system", &names.system), ("vendor", &names.vendor)])) }
        }
    };
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::FORBIDDEN);
    let content = Content {
        title: Words::plain(page.t("refused-title")),
        trail: vec![],
        section: Section::Access,
        body,
    };
    page.show_with(status, &content)
}

/// The text that explains a problem code of the authentication API (identity §4.11).
fn reason(code: &str) -> &'static str {
    match code {
        "AUTH-00013" => "refused-answered",
        "AUTH-00004" => "refused-exists",
        "AUTH-00066" | "AUTH-00041" | "AUTH-00042" => "refused-manager",
        "AUTH-00016" | "AUTH-00018" | "AUTH-00053" | "AUTH-00068" => "refused-role",
        "AUTH-00001" | "AUTH-00019" | "AUTH-00070" | "AUTH-00071" => "refused-service",
        "AUTH-00069" => "refused-list",
        "AUTH-00020" => "refused-level",
        _ => "refused-other",
    }
}
