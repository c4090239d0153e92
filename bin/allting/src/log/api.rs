//! `GET /allting/api/v1/operations/audit` and `…/lookups`.

use super::Log;
use super::query::{Query, QueryError};
use super::table::{Record, csv, object};
use audit::{Action, Entry};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use httpkit::problem::Problem;
use serde_json::json;
use uuid::Uuid;

pub async fn entries(State(log): State<Log>, query: RawQuery) -> Response {
    answer(list_entries(&log, &query).await)
}

pub async fn lookups(State(log): State<Log>, query: RawQuery) -> Response {
    answer(list_lookups(&log, &query).await)
}

async fn list_entries(log: &Log, query: &RawQuery) -> Result<Response, QueryError> {
    let query = Query::parse(query);
    let filter = query.entries(log.register.as_ref()).await?;
    let limit = query.limit()?;
    let rows = audit::page(&log.ctx.db, &filter, limit).await?;
    log.note("audit", &query).await?;
    let last = rows.last().map(|row| row.id).filter(|_| rows.len() == limit);
    Ok(shown(&query, "allting-audit.csv", &rows, last))
}

async fn list_lookups(log: &Log, query: &RawQuery) -> Result<Response, QueryError> {
    let query = Query::parse(query);
    let filter = query.lookups(log.register.as_ref()).await?;
    let limit = query.limit()?;
    let rows = audit::lookups(&log.ctx.db, &filter, limit).await?;
    log.note("lookups", &query).await?;
    let last = rows.last().map(|row| row.id).filter(|_| rows.len() == limit);
    Ok(shown(&query, "allting-lookups.csv", &rows, last))
}

impl Log {
    /// Who reads the log is written down too, before it is shown.
    async fn note(&self, what: &'static str, query: &Query) -> db::Result<()> {
        let asked: Vec<_> = query.names().collect();
        let entry =
            Entry::new(Action::LogRead, self.ctx.clock.now(), "log", what).detail(json!({ "by": asked }));
        db::write_tx!(self.ctx.db, "audit.log_read", |tx| { audit::put(tx, &entry).await })
    }
}

fn shown(query: &Query, file: &str, rows: &[impl Record], last: Option<Uuid>) -> Response {
    if query.is_csv() {
        let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned());
        let name = (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\""));
        return ([kind, name], csv(rows)).into_response();
    }
    let items: Vec<_> = rows.iter().map(object).collect();
    axum::Json(json!({ "items": items, "next": last })).into_response()
}

fn answer(outcome: Result<Response, QueryError>) -> Response {
    match outcome {
        Ok(response) => response,
        Err(QueryError::Db(error)) => httpkit::internal(&error),
        Err(QueryError::Unreadable(fault)) => {
            let title = format!("{}: {}", fault.name, fault.reason);
            Problem::allting(StatusCode::BAD_REQUEST, "invalid-query", &title).into_response()
        }
    }
}
