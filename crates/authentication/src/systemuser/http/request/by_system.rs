//! GET request/vendor[/agent]/bysystem/{systemId}?token=: pages of 50 in order of id.

use crate::systemuser::domain::Kind;
use crate::systemuser::http::Shared;
use crate::systemuser::http::answer::{Answer, reader};
use crate::systemuser::service::{Error, Service};
use crate::systemuser::store::requests;
use crate::systemuser::wire::page::{self, Links, Page, PageQuery};
use crate::systemuser::wire::request::RequestSystemResponse;
use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::response::IntoResponse;
use axum_extra::extract::Query;
use httpkit::{Caller, Origin};
use uuid::Uuid;

/// The caller and where it stands.
type Place = (Caller, Origin, OriginalUri);

pub(crate) async fn standard(
    State(service): Shared,
    Path(id): Path<String>,
    caller: Caller,
    origin: Origin,
    uri: OriginalUri,
    Query(query): Query<PageQuery>,
) -> Answer {
    run(&service, &id, (caller, origin, uri), query, Kind::Standard).await
}

pub(crate) async fn agent(
    State(service): Shared,
    Path(id): Path<String>,
    caller: Caller,
    origin: Origin,
    uri: OriginalUri,
    Query(query): Query<PageQuery>,
) -> Answer {
    run(&service, &id, (caller, origin, uri), query, Kind::Agent).await
}

async fn run(
    service: &Service,
    id: &str,
    (caller, origin, uri): Place,
    query: PageQuery,
    kind: Kind,
) -> Answer {
    let system = service.vendors_system(&reader(&caller)?, id).await?;
    let from = match query.token.as_deref() {
        None => Uuid::nil(),
        Some(token) => page::key(token).ok_or_else(|| Error::Binding {
            field: "token".to_owned(),
            reason: "The continuation token is not valid.".to_owned(),
        })?,
    };
    let mut requests = requests::by_system(&service.ctx.db, &system.id, kind, from, page::SIZE + 1).await?;
    let next = page::cut(&mut requests, page::SIZE, |request| request.id);
    let next = next.map(|id| origin.url(&format!("{}?token={}", uri.path(), page::token(&id))));
    let now = service.ctx.clock.now();
    let data: Vec<_> = requests.into_iter().map(|request| RequestSystemResponse::new(request, now)).collect();
    Ok(Json(Page { data, links: Links { next } }).into_response())
}
