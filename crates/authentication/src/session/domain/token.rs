//! The token in the portal's cookie.

use super::method;
use super::session::{ABSOLUTE, Session};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A portal token, and an exchanged Maskinporten token, live this long.
pub const SECONDS: i64 = 30 * 60;
/// Scopes of every browser session.
pub const PORTAL_SCOPES: &str =
    "openid digdir:dialogporten.noconsent altinn:portal/enduser altinn:instances.read";

/// Claims of the cookie token. WIRE: it never holds the identity number (identity §3.4).
pub fn portal(issuer: &str, session: &Session, now: Timestamp) -> Map<String, Value> {
    let now = now.as_second();
    let mut claims = Map::from_iter([
        ("sub".to_owned(), json!(format!("urn:altinn:party:uuid:{}", session.party_uuid))),
        ("sid".to_owned(), json!(session.id)),
        ("iss".to_owned(), json!(issuer)),
        ("jti".to_owned(), json!(session.id)),
        ("urn:altinn:party:uuid".to_owned(), json!(session.party_uuid)),
        ("urn:altinn:partyid".to_owned(), json!(session.party_id)),
        ("urn:altinn:userid".to_owned(), json!(session.user_id.to_string())),
        ("originaliss".to_owned(), json!(session.provider)),
        ("acr".to_owned(), json!(session.acr)),
        ("urn:altinn:authlevel".to_owned(), json!(method::level_of_acr(&session.acr))),
        ("amr".to_owned(), json!([session.amr])),
        ("urn:altinn:authenticatemethod".to_owned(), json!(method::of_amr(&session.amr).0)),
        ("auth_time".to_owned(), json!(session.auth_time.as_second())),
        ("scope".to_owned(), json!(PORTAL_SCOPES)),
        ("nbf".to_owned(), json!(now)),
        ("iat".to_owned(), json!(now)),
        ("exp".to_owned(), json!(now + SECONDS)),
    ]);
    if !session.user_name.is_empty() {
        claims.insert("urn:altinn:username".to_owned(), json!(session.user_name));
    }
    claims
}

/// When the login or the first token of a chain of renewals was; ours, beside the claims of the wire.
const SINCE: &str = "urn:allting:since";

/// The same claims with a new period of validity, which ends when a session that began with them would (identity §3.5: 720
/// minutes); `None` when that is past. A token that no session stands behind could else be renewed for ever.
pub fn renewed(mut claims: Map<String, Value>, now: Timestamp) -> Option<Map<String, Value>> {
    let now = now.as_second();
    let seconds = |name: &str| claims.get(name).and_then(Value::as_i64);
    let since = seconds(SINCE).or_else(|| seconds("auth_time")).or_else(|| seconds("iat")).unwrap_or(now);
    let end = since + ABSOLUTE.as_secs();
    if end <= now {
        return None;
    }
    let renewal = [("nbf", now), ("iat", now), ("exp", end.min(now + SECONDS)), (SINCE, since)];
    claims.extend(renewal.map(|(name, value)| (name.to_owned(), json!(value))));
    Some(claims)
}
