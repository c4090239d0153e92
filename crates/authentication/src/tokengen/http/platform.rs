//! `GET /api/GetPlatformToken` and `GET /api/GetPlatformAccessToken`

use super::call::{Call, OwnIssuer, check};
use crate::tokengen::domain::claims;
use crate::tokengen::domain::query;
use axum::response::Response;

/// An app's token with the platform as issuer.
pub async fn get(call: Call) -> Result<Response, Response> {
    let (mut query, call) = call.admit("platform")?;
    let app = query.required("app", query::dotted);
    check(&query)?;
    let frame = call.frame(OwnIssuer::Name);
    Ok(call.answer(&claims::platform(&frame, &app)))
}

/// The token of the header `PlatformAccessToken`, whose issuer is `platform` or a service owner.
pub async fn get_access(call: Call) -> Result<Response, Response> {
    let (mut query, call) = call.admit("platform")?;
    let app = query.required("app", query::identifier);
    let issuer = |text: &str| matches!(text, "platform" | "ttd").then(|| text.to_owned());
    let org = query.optional("org", issuer).unwrap_or_else(|| "platform".to_owned());
    check(&query)?;
    let mut frame = call.frame(OwnIssuer::Name);
    frame.issuer = org;
    Ok(call.answer(&claims::platform(&frame, &app)))
}
