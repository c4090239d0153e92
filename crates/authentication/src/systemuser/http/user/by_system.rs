//! GET systemuser/vendor/bysystem/{systemId}?token=: both kinds, in order of their last change.

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, reader};
use crate::systemuser::service::Error;
use crate::systemuser::store::users;
use crate::systemuser::wire::page::{self, Links, Page, PageQuery};
use crate::systemuser::wire::user::SystemUserExternalDto;
use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::response::IntoResponse;
use axum_extra::extract::Query;
use httpkit::{Caller, Origin};

pub(crate) async fn handle(
    State(service): Shared,
    caller: Caller,
    Path(id): Path<String>,
    origin: Origin,
    uri: OriginalUri,
    Query(query): Query<PageQuery>,
) -> Answer {
    let system = service.vendors_system(&reader(&caller)?, &id).await?;
    let from: i64 = match query.token.as_deref() {
        None => 0,
        Some(token) => page::key(token).ok_or_else(|| Error::Binding {
            field: "token".to_owned(),
            reason: "The continuation token is not valid.".to_owned(),
        })?,
    };
    let mut users = users::of_system(&service.ctx.db, &system.id, from, page::SIZE + 1).await?;
    let next = page::cut(&mut users, page::SIZE, |user| user.sequence);
    let next = next.map(|sequence| origin.url(&format!("{}?token={}", uri.path(), page::token(&sequence))));
    let data: Vec<SystemUserExternalDto> = users.into_iter().map(Into::into).collect();
    Ok(Json(Page { data, links: Links { next } }).into_response())
}
