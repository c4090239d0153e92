//! `GET /api/GetSelfIdentifiedUserToken` and `GET /api/GetSelfRegisteredEmailUserToken`

use super::call::{Common, OwnIssuer, admit, check};
use crate::tokengen::Generator;
use crate::tokengen::domain::claims::{self, SelfIdentified};
use crate::tokengen::domain::people::random_number;
use crate::tokengen::domain::query::{self, Query};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use httpkit::Origin;

const DEFAULT_SCOPE: &str = "altinn:portal/enduser";

/// The token of a user with a user name.
pub async fn get(
    State(generator): State<Generator>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    token(&generator, &origin, &headers, raw.as_deref(), Kind::UserName).unwrap_or_else(|refused| refused)
}

/// The token of a user with an e-mail address.
pub async fn get_email(
    State(generator): State<Generator>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    token(&generator, &origin, &headers, raw.as_deref(), Kind::Email).unwrap_or_else(|refused| refused)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    UserName,
    Email,
}

fn token(
    generator: &Generator,
    origin: &Origin,
    headers: &HeaderMap,
    raw: Option<&str>,
    kind: Kind,
) -> Result<Response, Response> {
    admit(generator, headers, "personal")?;
    let mut query = Query::parse(raw);
    let common = Common::read(generator, &mut query);
    let ids = generator.ctx.ids.as_ref();
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
    let frame = common.frame(generator, origin, OwnIssuer::Name);
    Ok(common.answer(generator, &claims::self_identified(&frame, &of)))
}
