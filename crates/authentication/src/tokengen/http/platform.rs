//! `GET /api/GetPlatformToken` and `GET /api/GetPlatformAccessToken`

use super::call::{Common, OwnIssuer, admit, check};
use crate::tokengen::Generator;
use crate::tokengen::domain::claims;
use crate::tokengen::domain::query::{self, Query};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use httpkit::Origin;

/// An app's token with the platform as issuer.
pub async fn get(
    State(generator): State<Generator>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    platform(&generator, &origin, &headers, raw.as_deref()).unwrap_or_else(|refused| refused)
}

fn platform(
    generator: &Generator,
    origin: &Origin,
    headers: &HeaderMap,
    raw: Option<&str>,
) -> Result<Response, Response> {
    admit(generator, headers, "platform")?;
    let mut query = Query::parse(raw);
    let common = Common::read(generator, &mut query);
    let app = query.required("app", query::dotted);
    check(&query)?;
    let frame = common.frame(generator, origin, OwnIssuer::Name);
    Ok(common.answer(generator, &claims::platform(&frame, &app)))
}

/// The token of the header `PlatformAccessToken`, whose issuer is `platform` or a service owner.
pub async fn get_access(
    State(generator): State<Generator>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    access(&generator, &origin, &headers, raw.as_deref()).unwrap_or_else(|refused| refused)
}

fn access(
    generator: &Generator,
    origin: &Origin,
    headers: &HeaderMap,
    raw: Option<&str>,
) -> Result<Response, Response> {
    admit(generator, headers, "platform")?;
    let mut query = Query::parse(raw);
    let common = Common::read(generator, &mut query);
    let app = query.required("app", query::identifier);
    let issuer = |text: &str| matches!(text, "platform" | "ttd").then(|| text.to_owned());
    let org = query.optional("org", issuer).unwrap_or_else(|| "platform".to_owned());
    check(&query)?;
    let mut frame = common.frame(generator, origin, OwnIssuer::Name);
    frame.issuer = org;
    Ok(common.answer(generator, &claims::platform(&frame, &app)))
}
