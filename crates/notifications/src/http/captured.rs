//! `GET /sandbox/api/v1/messages?to=`: the mailbox that the sandbox keeps instead of sending.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use httpkit::Ctx;
use serde::Deserialize;
use serde_json::{Value, json};

/// Messages shown at most.
const LIMIT: u32 = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    to: Option<String>,
}

pub async fn handle(State(ctx): State<Ctx>, Query(filter): Query<Filter>) -> Response {
    match notifyio::captured(&ctx.db, filter.to.as_deref(), LIMIT).await {
        Ok(messages) => {
            let messages: Vec<Value> = messages
                .into_iter()
                .map(|m| json!({ "id": m.id, "channel": "email", "to": m.recipient, "subject": m.subject, "body": m.body, "at": m.at.to_string() }))
                .collect();
            axum::Json(json!({ "messages": messages })).into_response()
        }
        Err(e) => httpkit::internal(&e),
    }
}
