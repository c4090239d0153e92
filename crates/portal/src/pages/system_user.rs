//! `GET /tilgang/systembrukere/{id}`: one system user and what it may do.

use super::system_users::{may_see, reference, vendor};
use crate::frame::{Content, Section, say};
use crate::pages::refusal;
use crate::visit::{Page, Visit};
use crate::words::{date, org_no};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use ports::accessmanagement::Grant;
use ports::authentication::SystemUser;
use std::collections::BTreeMap;
use uuid::Uuid;

pub async fn handle(visit: Visit, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse() else { return refusal::missing(&visit.page) };
    show(&visit, id).await.unwrap_or_else(|refused| refused)
}

/// The live system user, if the person may see it.
pub async fn find(visit: &Visit, id: Uuid) -> Result<SystemUser, Response> {
    let internal = |e: db::Error| httpkit::internal(&e);
    let page = &visit.page;
    let user = page.portal.deps.system_users.system_user(id).await.map_err(internal)?;
    let Some(user) = user.filter(|user| !user.deleted) else { return Err(refusal::missing(page)) };
    if may_see(visit, user.owner).await.map_err(internal)? { Ok(user) } else { Err(refusal::forbidden(page)) }
}

async fn show(visit: &Visit, id: Uuid) -> Result<Response, Response> {
    let user = find(visit, id).await?;
    let body = body(visit, &user).await.map_err(|e| httpkit::internal(&e))?;
    let page = &visit.page;
    let title = page.ta("system-user-title", &[("name", &user.title)]);
    let content =
        Content::new(title, Section::Access, body).below(crate::SYSTEM_USERS, page.t("system-users-title"));
    Ok(page.show(&content))
}

async fn body(visit: &Visit, user: &SystemUser) -> ports::Result<Markup> {
    let page = &visit.page;
    let (vendor, owner) = (vendor(page, user).await?, page.organisation(&user.owner_org_no).await?);
    let rights = given(page, user).await?;
    let number = |number: &str| page.ta("org-no", &[("number", &org_no(number))]);
    Ok(html! {
        dl.pairs {
            dt { (page.t("system-user-owner")) } dd { (owner) " (" (number(&user.owner_org_no)) ")" }
            dt { (page.t("system-user-vendor")) } dd { (vendor) " (" (number(&user.vendor_org_no)) ")" }
            dt { (page.t("system-user-system")) } dd { (user.system_id) }
            @if let Some(reference) = reference(user) { dt { (page.t("system-user-reference")) } dd { (reference) } }
            dt { (page.t("system-user-made")) } dd { (date(user.created, page.language)) }
            dt { (page.t("system-user-id")) } dd { (user.id) }
        }
        h2.ds-heading data-size="sm" { (page.t("system-user-rights")) }
        @if rights.is_empty() { p.quiet { (page.t("system-user-no-rights")) } }
        @else { ul { @for right in &rights { li { (right) } } } }
        div.row.actions {
            a.ds-button data-variant="secondary" data-color="danger" href=(format!("{}/{}/fjern", crate::SYSTEM_USERS, user.id)) { (page.t("revoke")) }
        }
    })
}

/// What the owner has given it, as it stands now.
async fn given(page: &Page, user: &SystemUser) -> ports::Result<Vec<Markup>> {
    let granted = page.portal.deps.access.granted(user.owner, user.id).await?;
    let (mut resources, mut packages): (BTreeMap<String, Vec<String>>, Vec<String>) = Default::default();
    for grant in granted {
        match grant.grant {
            Grant::Package(urn) => packages.push(urn),
            Grant::Right(right) => resources.entry(right.resource).or_default().extend(right.action),
        }
    }
    let names: Vec<String> = resources.keys().cloned().collect();
    let mut lines = grants(page, &names, &packages).await?;
    for (line, actions) in lines.iter_mut().zip(resources.values()) {
        if !actions.is_empty() {
            *line =
                html! { (line) " – " (page.ta("system-user-action", &[("action", &actions.join(", "))])) };
        }
    }
    Ok(lines)
}

/// Names of services, then of access packages, a line each.
pub async fn grants(page: &Page, resources: &[String], packages: &[String]) -> ports::Result<Vec<Markup>> {
    let mut lines = Vec::with_capacity(resources.len() + packages.len());
    for id in resources {
        let service = page.service(id).await?;
        let owner = service.owner.text.as_str();
        lines.push(if owner.is_empty() {
            say(&service.title)
        } else {
            let text = page.ta("request-service", &[("name", &service.title.text), ("owner", owner)]);
            html! { span lang=[service.title.lang.as_deref()] { (text) } }
        });
    }
    for urn in packages {
        lines.push(html! { (page.ta("request-package", &[("name", &page.package(urn).await?.text)])) });
    }
    Ok(lines)
}
