//! `GET /api/GetEnterpriseToken`

use super::call::{Call, MAX_BULK, OwnIssuer, bulk, check};
use crate::tokengen::domain::claims::{self, Enterprise};
use crate::tokengen::domain::people::random_org_no;
use crate::tokengen::domain::query;
use axum::response::Response;

/// An organisation's token, or several with random numbers.
pub async fn get(call: Call) -> Result<Response, Response> {
    let (mut query, call) = call.admit("enterprise")?;
    let scope = query.required("scopes", query::scopes);
    let org_no = query.optional("orgNo", query::org_no);
    let client_id = query.optional("clientId", query::any);
    let count = query.optional("bulkCount", query::uint).unwrap_or(0);
    let (org, supplier) =
        (query.optional("org", query::identifier), query.optional("supplierOrgNo", query::org_no));
    let delegation_source = query.optional("delegationSource", query::absolute_uri);
    check(&query)?;
    let ids = &call.generator.ctx.ids;
    let make = |org_no: String| Enterprise {
        scope: scope.clone(),
        org: org.clone(),
        org_no,
        supplier: supplier.clone(),
        client_id: client_id.clone().unwrap_or_else(|| ids.uuid().to_string()),
        delegation_source: delegation_source.clone(),
        jti: ids.token(32),
    };
    let frame = call.frame(OwnIssuer::WellKnown);
    if count > 0 {
        let numbers = (0..MAX_BULK.min(count as usize)).map(|_| random_org_no(ids.as_ref()));
        let tokens = numbers.map(|org_no| (org_no.clone(), claims::enterprise(&frame, &make(org_no))));
        return Ok(bulk(&call.generator, tokens.collect()).await);
    }
    let of = make(org_no.unwrap_or_else(|| random_org_no(ids.as_ref())));
    Ok(call.answer(&claims::enterprise(&frame, &of)))
}
