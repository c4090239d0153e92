//! GET systemuser/internal/systemusers/stream?token= and …/{id}: how the register follows system users.

use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, value};
use crate::systemuser::service::Error;
use crate::systemuser::store::users;
use crate::systemuser::wire::page::{self, Links, PageQuery};
use crate::systemuser::wire::user::{StreamPage, StreamStats, SystemUserRegisterDto};
use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::response::IntoResponse;
use axum_extra::extract::Query;
use http::StatusCode;
use httpkit::Origin;

/// Items on a page.
const PAGE: usize = 100;

/// Exclusive of the token, deleted system users too.
pub(crate) async fn handle(
    State(service): Shared,
    origin: Origin,
    uri: OriginalUri,
    Query(query): Query<PageQuery>,
) -> Answer {
    let after: i64 = match query.token.as_deref() {
        None => 0,
        Some(token) => page::key(token).ok_or_else(|| Error::Binding {
            field: "token".to_owned(),
            reason: "The continuation token is not valid.".to_owned(),
        })?,
    };
    // Read before the page, so that the page never lies beyond what is called the end.
    let known_max = users::sequence_max(&service.ctx.db).await?;
    let users = users::stream(&service.ctx.db, after, PAGE).await?;
    let ends = users.first().zip(users.last()).map(|(first, last)| (first.sequence, last.sequence));
    let next = ends.map(|(_, last)| origin.url(&format!("{}?token={}", uri.path(), page::token(&last))));
    let (page_start, page_end) = ends.unwrap_or((known_max, known_max));
    let stats = StreamStats { page_start, page_end, sequence_max: known_max.max(page_end) };
    let data = users.into_iter().map(Into::into).collect();
    Ok(Json(StreamPage { links: Links { next }, stats, data }).into_response())
}

/// WIRE: 410 for an unknown system user as for a deleted one (identity §4.6).
pub(crate) async fn single(State(service): Shared, Path(id): Path<String>) -> Answer {
    let user = service.live_user(value("id", &id)?).await?;
    Ok(match user {
        Some(user) => Json(SystemUserRegisterDto::from(user)).into_response(),
        None => StatusCode::GONE.into_response(),
    })
}
