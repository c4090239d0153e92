//! `GET /api/GetSystemUserToken`

use super::call::{Call, OwnIssuer, check};
use crate::tokengen::domain::claims::{self, SystemUser};
use crate::tokengen::domain::query;
use axum::response::Response;

const DEFAULT_SCOPE: &str = "altinn:enduser";
const DEFAULT_ORG_NO: &str = "991825827";

/// A system user's token; nobody checks whether it exists.
pub async fn get(call: Call) -> Result<Response, Response> {
    let (mut query, call) = call.admit("enterpriseuser")?;
    let ids = &call.generator.ctx.ids;
    let of = SystemUser {
        id: query.required("systemUserId", query::uuid),
        scope: query.optional("scopes", query::scopes).unwrap_or_else(|| DEFAULT_SCOPE.to_owned()),
        org_no: query.optional("orgNo", query::org_no).unwrap_or_else(|| DEFAULT_ORG_NO.to_owned()),
        owner: query.optional("systemUserOrg", query::org_no).unwrap_or_else(|| DEFAULT_ORG_NO.to_owned()),
        supplier: query.optional("supplierOrgNo", query::org_no),
        client_id: query.optional("clientId", query::identifier).unwrap_or_else(|| ids.uuid().to_string()),
        system_id: ids.uuid(),
        jti: ids.token(32),
    };
    check(&query)?;
    let frame = call.frame(OwnIssuer::Name);
    Ok(call.answer(&claims::system_user(&frame, &of)))
}
