//! `POST /authorization/api/v1/authorize`

use super::context::{answer, failed, read_json};
use crate::domain::facts::Api;
use crate::service::Pdp;
use axum::extract::State;
use axum::{Extension, Json};
use bytes::Bytes;
use httpkit::ClientAddress;
use serde_json::Value;
use std::sync::Arc;

pub async fn handle(
    State(pdp): State<Arc<Pdp>>,
    address: Option<Extension<ClientAddress>>,
    body: Bytes,
) -> Json<Value> {
    let ip = address.map(|Extension(ClientAddress(ip))| ip.to_string());
    let response = match read_json(&body) {
        Ok(request) => answer(&pdp, request, Api::External, ip.as_deref()).await,
        Err(fault) => failed(&fault, Api::External),
    };
    Json(xacml::write_platform_json(&response))
}
