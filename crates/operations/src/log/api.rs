//! `GET /allting/api/v1/operations/audit`, `…/lookups` and `…/decisions/{id}`.

use super::table::{Record, csv, object};
use super::{Page, Query, QueryError, word};
use crate::Operations;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use httpkit::problem::Problem;
use ports::authorization::LoggedDecision;
use serde_json::{Value, json};

pub async fn entries(State(operations): State<Operations>, query: RawQuery) -> Response {
    let query = Query::parse(&query);
    answer(&query, "allting-audit.csv", operations.entries(&query).await)
}

pub async fn lookups(State(operations): State<Operations>, query: RawQuery) -> Response {
    let query = Query::parse(&query);
    answer(&query, "allting-lookups.csv", operations.lookups(&query).await)
}

pub async fn decision(State(operations): State<Operations>, Path(id): Path<String>) -> Response {
    match operations.decision(&id).await {
        Ok(Some((decision, rows))) => {
            let mut body = described(&decision);
            body["entries"] = rows.iter().map(object).collect();
            axum::Json(body).into_response()
        }
        Ok(None) => {
            let title = "No decision of this id is in the log.";
            Problem::allting(StatusCode::NOT_FOUND, "unknown-decision", title).into_response()
        }
        Err(error) => httpkit::internal(&error),
    }
}

fn described(decision: &LoggedDecision) -> Value {
    json!({
        "id": decision.id,
        "at": decision.at,
        "api": decision.api,
        "decision": word(decision.effect),
        "action": decision.action,
        "resource": decision.resource,
        "instance": decision.instance,
        "partyId": decision.party_id,
        "subject": decision.subject,
        "serviceOwner": decision.service_owner,
        "organisation": decision.organisation,
        "session": decision.session,
        "ip": decision.ip,
        "request": serde_json::from_str::<Value>(&decision.request).unwrap_or_default(),
    })
}

fn answer<T: Record>(query: &Query, file: &str, outcome: Result<Page<T>, QueryError>) -> Response {
    let (rows, next) = match outcome {
        Ok(page) => page,
        Err(QueryError::Db(error)) => return httpkit::internal(&error),
        Err(QueryError::Unreadable(fault)) => {
            let title = format!("{}: {}", fault.name, fault.reason);
            return Problem::allting(StatusCode::BAD_REQUEST, "invalid-query", &title).into_response();
        }
    };
    if query.is_csv() {
        let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned());
        let name = (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\""));
        return ([kind, name], csv(&rows)).into_response();
    }
    let items: Vec<_> = rows.iter().map(object).collect();
    axum::Json(json!({ "items": items, "next": next })).into_response()
}
