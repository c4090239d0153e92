//! GET systemregister and systemregister/rights/{systemId}: what a party may set up by itself.

use super::{language, passed_on};
use crate::systemuser::domain::{Problem, Right};
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::Answer;
use crate::systemuser::service::Service;
use crate::systemuser::store::systems;
use crate::systemuser::wire::portal::RegisteredSystemRightsFe;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

/// Visible systems by name.
pub(crate) async fn list(State(service): Shared, cookies: CookieJar) -> Response {
    passed_on(all(&service, language::of(&cookies)).await)
}

pub(crate) async fn rights(State(service): Shared, cookies: CookieJar, Path(id): Path<String>) -> Response {
    passed_on(one(&service, &id, language::of(&cookies)).await)
}

async fn all(service: &Service, language: &str) -> Answer {
    let mut list = Vec::new();
    for system in systems::visible(&service.ctx.db).await? {
        list.push(service.in_short(&system, language).await?);
    }
    list.sort_by(|one, other| (&one.name, &one.system_id).cmp(&(&other.name, &other.system_id)));
    Ok(Json(list).into_response())
}

async fn one(service: &Service, id: &str, language: &str) -> Answer {
    let system = systems::get(&service.ctx.db, id).await?.ok_or(Problem::SYSTEM_NOT_FOUND)?;
    let ids: Vec<String> = system.rights.iter().filter_map(Right::resource_id).map(str::to_owned).collect();
    let urns: Vec<String> = system.packages.into_iter().map(|package| package.urn).collect();
    let answer = RegisteredSystemRightsFe {
        resources: service.resources_in_words(&ids, language).await?,
        access_packages: service.packages_in_words(&urns, language).await?,
    };
    Ok(Json(answer).into_response())
}
