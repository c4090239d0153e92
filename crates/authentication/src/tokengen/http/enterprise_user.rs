//! `GET /api/GetEnterpriseUserToken`

use super::call::{Common, OwnIssuer, admit, check};
use crate::tokengen::Generator;
use crate::tokengen::domain::claims::{self, Enterprise, EnterpriseUser};
use crate::tokengen::domain::query::{self, Query};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use httpkit::Origin;

const DEFAULT_SCOPE: &str = "altinn:enduser";

/// The token of an organisation's own user.
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
    let frame = common.frame(generator, origin, OwnIssuer::Name);
    Ok(common.answer(generator, &claims::enterprise_user(&frame, &of, &user)))
}
