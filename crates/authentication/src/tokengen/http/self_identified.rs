//! `GET /api/GetSelfIdentifiedUserToken` and `GET /api/GetSelfRegisteredEmailUserToken`

use super::call::{Call, OwnIssuer, check};
use crate::tokengen::domain::claims::{self, SelfIdentified};
use crate::tokengen::domain::people::random_number;
use crate::tokengen::domain::query;
use axum::response::Response;

const DEFAULT_SCOPE: &str = "altinn:portal/enduser";

/// The token of a user with a user name.
pub async fn get(call: Call) -> Result<Response, Response> {
    token(call, Kind::UserName)
}

/// The token of a user with an e-mail address.
pub async fn get_email(call: Call) -> Result<Response, Response> {
    token(call, Kind::Email)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    UserName,
    Email,
}

fn token(call: Call, kind: Kind) -> Result<Response, Response> {
    let (mut query, call) = call.admit("personal")?;
    let ids = call.generator.ctx.ids.as_ref();
    let email = if kind == Kind::Email { Some(query.required("email", query::email)) } else { None };
    let user_name = match &email {
        Some(email) => format!("epost:{email}"),
        None => query
            .optional("username", query::identifier)
            .unwrap_or_else(|| format!("SIUser{:04}", random_number(ids, 0, 10_000))),
    };
    let random = || random_number(ids, 5_000_000, 2_000_000);
    let of = SelfIdentified {
        scope: query.optional("scopes", query::scopes).unwrap_or_else(|| DEFAULT_SCOPE.to_owned()),
        user_id: query.optional("userId", query::uint).unwrap_or_else(random),
        party_id: query.optional("partyId", query::uint).unwrap_or_else(random),
        party_uuid: query.optional("partyuuid", query::uuid).unwrap_or_else(|| ids.uuid()),
        user_name,
        sid: ids.uuid(),
        email,
    };
    check(&query)?;
    let frame = call.frame(OwnIssuer::Name);
    Ok(call.answer(&claims::self_identified(&frame, &of)))
}
