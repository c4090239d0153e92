//! `POST /authorization/api/v1/decision`

use super::context::{answer, failed, read_json};
use crate::domain::facts::{Api, Fault};
use crate::service::Pdp;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use http::{HeaderMap, header};
use httpkit::ClientAddress;
use std::sync::Arc;

/// WIRE: JSON when the content type says so, XML whatever else it says; the answer is always 200 (authorization.md §1).
pub async fn handle(
    State(pdp): State<Arc<Pdp>>,
    address: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let ip = address.map(|Extension(ClientAddress(ip))| ip.to_string());
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let json = content_type.to_ascii_lowercase().contains("application/json");
    let request = if json { read_json(&body) } else { read_xml(&body) };
    let response = match request {
        Ok(request) => answer(&pdp, request, Api::Internal, ip.as_deref()).await,
        Err(fault) => failed(&fault, Api::Internal),
    };
    if json {
        return Json(xacml::write_platform_json(&response)).into_response();
    }
    ([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], xacml::write_response_xml(&response))
        .into_response()
}

fn read_xml(body: &[u8]) -> Result<xacml::Request, Fault> {
    let text = std::str::from_utf8(body).map_err(|error| Fault::Request(error.to_string()))?;
    xacml::read_request_xml(text).map_err(|error| Fault::Request(error.to_string()))
}
