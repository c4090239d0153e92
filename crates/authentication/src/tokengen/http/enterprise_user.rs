//! `GET /api/GetEnterpriseUserToken`

use super::call::{Call, OwnIssuer, check};
use crate::tokengen::domain::claims::{self, Enterprise, EnterpriseUser};
use crate::tokengen::domain::query;
use axum::response::Response;

const DEFAULT_SCOPE: &str = "altinn:enduser";

/// The token of an organisation's own user.
pub async fn get(call: Call) -> Result<Response, Response> {
    let (mut query, call) = call.admit("enterpriseuser")?;
    let ids = &call.generator.ctx.ids;
    let of = Enterprise {
        scope: query.optional("scopes", query::scopes).unwrap_or_else(|| DEFAULT_SCOPE.to_owned()),
        org: query.optional("org", query::identifier),
        org_no: query.required("orgNo", query::org_no),
        supplier: query.optional("supplierOrgNo", query::org_no),
        client_id: ids.uuid().to_string(),
        delegation_source: query.optional("delegationSource", query::absolute_uri),
        jti: ids.token(32),
    };
    let user = EnterpriseUser {
        party_id: query.required("partyId", query::uint),
        user_id: query.required("userId", query::uint),
        user_name: query.required("userName", query::identifier),
        party_uuid: query.optional("partyuuid", query::uuid),
    };
    check(&query)?;
    let frame = call.frame(OwnIssuer::Name);
    Ok(call.answer(&claims::enterprise_user(&frame, &of, &user)))
}
