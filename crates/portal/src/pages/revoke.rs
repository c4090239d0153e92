//! `/tilgang/systembrukere/{id}/fjern`: ends a system user, after asking.

use super::system_user::find;
use super::system_users::vendor;
use crate::frame::{Content, Section};
use crate::pages::{fields, refusal};
use crate::visit::Visit;
use axum::extract::Path;
use axum::response::Response;
use httpkit::CsrfForm;
use maud::html;
use serde::Deserialize;
use uuid::Uuid;

pub async fn ask(visit: Visit, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse() else { return refusal::missing(&visit.page) };
    question(&visit, id).await.unwrap_or_else(|refused| refused)
}

async fn question(visit: &Visit, id: Uuid) -> Result<Response, Response> {
    let user = find(visit, id).await?;
    let page = &visit.page;
    let internal = |e: db::Error| httpkit::internal(&e);
    let vendor = vendor(page, &user).await.map_err(internal)?;
    let party = page.organisation(&user.owner_org_no).await.map_err(internal)?;
    let words = [("system", user.title.as_str()), ("vendor", vendor.as_str()), ("party", party.as_str())];
    let here = format!("{}/{id}", crate::SYSTEM_USERS);
    let body = html! {
        p.lead { (page.ta("revoke-words", &words)) }
        p { (page.t("revoke-undo")) }
        form.row.actions method="post" action=(format!("{here}/fjern")) {
            input type="hidden" name="_csrf" value=(visit.who.csrf);
            button.ds-button data-color="danger" { (page.t("revoke-yes")) }
            a.ds-button data-variant="secondary" href=(here) { (page.t("revoke-no")) }
        }
    };
    let content = Content::new(page.ta("revoke-title", &[("name", &user.title)]), Section::Access, body)
        .below(crate::SYSTEM_USERS, page.t("system-users-title"))
        .below(here, user.title);
    Ok(page.show(&content))
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn end(
    visit: Visit,
    Path(id): Path<String>,
    form: Result<CsrfForm<Nothing>, Response>,
) -> Response {
    take(&visit, &id, form).await.unwrap_or_else(|refused| refused)
}

async fn take(
    visit: &Visit,
    id: &str,
    form: Result<CsrfForm<Nothing>, Response>,
) -> Result<Response, Response> {
    let page = &visit.page;
    fields(form, page)?;
    let Ok(id) = id.parse() else { return Err(refusal::missing(page)) };
    let user = find(visit, id).await?;
    let ended = page.portal.deps.approvals.revoke(visit.who.user.uuid, visit.who.level, id).await;
    if ended.map_err(|e| httpkit::internal(&e))?.is_err() {
        return Err(refusal::forbidden(page));
    }
    // Shown at once instead of after a redirect: the system user's own address leads nowhere any more.
    let body = html! {
        div.ds-alert data-color="success" role="status" tabindex="-1" data-focus {
            p.ds-paragraph { (page.ta("revoked-words", &[("name", &user.title)])) }
        }
        dl.pairs { dt { (page.t("receipt")) } dd { (user.id) } }
        p { (page.t("revoked-next")) }
        div.row.actions { a.ds-button href=(crate::SYSTEM_USERS) { (page.t("to-list")) } }
    };
    let content = Content::new(page.t("revoked-title"), Section::Access, body)
        .below(crate::SYSTEM_USERS, page.t("system-users-title"));
    Ok(page.show(&content))
}
