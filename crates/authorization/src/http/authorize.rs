//! `POST /authorization/api/v1/authorize`

use super::context::{answer, client_address, failed, read_json};
use crate::domain::facts::Api;
use crate::service::Pdp;
use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;
use std::sync::Arc;

pub async fn handle(State(pdp): State<Arc<Pdp>>, headers: HeaderMap, body: Bytes) -> Json<Value> {
    let response = match read_json(&body) {
        Ok(request) => answer(&pdp, request, Api::External, client_address(&headers)).await,
        Err(fault) => failed(&fault, Api::External),
    };
    Json(xacml::write_platform_json(&response))
}
