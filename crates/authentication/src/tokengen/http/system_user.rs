//! `GET /api/GetSystemUserToken`

use super::call::{Common, OwnIssuer, admit, check};
use crate::tokengen::Generator;
use crate::tokengen::domain::claims::{self, SystemUser};
use crate::tokengen::domain::query::{self, Query};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use httpkit::Origin;

const DEFAULT_SCOPE: &str = "altinn:enduser";
const DEFAULT_ORG_NO: &str = "991825827";

/// A system user's token; nobody checks whether it exists.
pub async fn get(
    State(generator): State<Generator>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    token(&generator, &origin, &headers, raw.as_deref()).unwrap_or_else(|refused| refused)
}

fn token(
    generator: &Generator,
    origin: &Origin,
    headers: &HeaderMap,
    raw: Option<&str>,
) -> Result<Response, Response> {
    admit(generator, headers, "enterpriseuser")?;
    let mut query = Query::parse(raw);
    let common = Common::read(generator, &mut query);
    let ids = &generator.ctx.ids;
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
    let frame = common.frame(generator, origin, OwnIssuer::Name);
    Ok(common.answer(generator, &claims::system_user(&frame, &of)))
}
