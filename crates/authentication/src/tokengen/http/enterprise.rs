//! `GET /api/GetEnterpriseToken`

use super::call::{Common, MAX_BULK, OwnIssuer, admit, bulk, check};
use crate::tokengen::Generator;
use crate::tokengen::domain::claims::{self, Enterprise};
use crate::tokengen::domain::people::random_org_no;
use crate::tokengen::domain::query::{self, Query};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use httpkit::Origin;

/// An organisation's token, or several with random numbers.
pub async fn get(
    State(generator): State<Generator>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    token(&generator, &origin, &headers, raw.as_deref()).await.unwrap_or_else(|refused| refused)
}

async fn token(
    generator: &Generator,
    origin: &Origin,
    headers: &HeaderMap,
    raw: Option<&str>,
) -> Result<Response, Response> {
    admit(generator, headers, "enterprise")?;
    let mut query = Query::parse(raw);
    let common = Common::read(generator, &mut query);
    let scope = query.required("scopes", query::scopes);
    let org_no = query.optional("orgNo", query::org_no);
    let client_id = query.optional("clientId", query::any);
    let count = query.optional("bulkCount", query::uint).unwrap_or(0);
    let (org, supplier) =
        (query.optional("org", query::identifier), query.optional("supplierOrgNo", query::org_no));
    let delegation_source = query.optional("delegationSource", query::absolute_uri);
    check(&query)?;
    let ids = &generator.ctx.ids;
    let make = |org_no: String| Enterprise {
        scope: scope.clone(),
        org: org.clone(),
        org_no,
        supplier: supplier.clone(),
        client_id: client_id.clone().unwrap_or_else(|| ids.uuid().to_string()),
        delegation_source: delegation_source.clone(),
        jti: ids.token(32),
    };
    let frame = common.frame(generator, origin, OwnIssuer::WellKnown);
    if count > 0 {
        let numbers = (0..MAX_BULK.min(count as usize)).map(|_| random_org_no(ids.as_ref()));
        let tokens = numbers.map(|org_no| (org_no.clone(), claims::enterprise(&frame, &make(org_no))));
        return Ok(bulk(generator, tokens.collect()).await);
    }
    let of = make(org_no.unwrap_or_else(|| random_org_no(ids.as_ref())));
    Ok(common.answer(generator, &claims::enterprise(&frame, &of)))
}
