//! From a token of Maskinporten or ID-porten to one of Altinn (identity §3.2).

use super::method;
use super::token::SECONDS;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Scopes of agencies whose services take exchanged person tokens although the scope is not Altinn's own.
const PARTNER_SCOPES: [&str; 3] = [
    "skatteetaten:formueinntekt/skattemelding",
    "skatteetaten:mvameldinginnsending",
    "skatteetaten:mvameldingvalidering",
];

type Claims = Map<String, Value>;

/// Organisation number of the `consumer` claim.
pub fn consumer(claims: &Claims) -> Option<&str> {
    let consumer = claims.get("consumer")?;
    if consumer.get("authority")?.as_str()? != "iso6523-actorid-upis" {
        return None;
    }
    consumer.get("ID")?.as_str()?.strip_prefix("0192:")
}

/// Is the service owner's code wanted in the result? WIRE: a substring of the whole claim decides.
pub fn wants_org_code(claims: &Claims) -> bool {
    text(claims, "scope").is_some_and(|scope| scope.contains("altinn:serviceowner"))
}

/// A Maskinporten token's claims as Altinn's.
pub fn maskinporten(
    incoming: &Claims,
    issuer: &str,
    org_no: &str,
    org_code: Option<&str>,
    sid: Uuid,
    now: Timestamp,
) -> Claims {
    let mut claims = without(incoming, &["aud", "iss", "client_amr", "sid"]);
    if let Some(code) = org_code {
        claims.insert("urn:altinn:org".into(), json!(code));
    }
    claims.insert("urn:altinn:orgNumber".into(), json!(org_no));
    claims.insert("urn:altinn:authenticatemethod".into(), json!("maskinporten"));
    claims.insert("urn:altinn:authlevel".into(), json!(3));
    claims.insert("iss".into(), json!(issuer));
    claims.insert("sid".into(), json!(sid));
    let now = now.as_second();
    for (name, value) in [("nbf", now), ("iat", now), ("exp", now + SECONDS)] {
        claims.insert(name.into(), json!(value));
    }
    claims
}

/// May this person token be exchanged at all?
pub fn has_exchangeable_scope(claims: &Claims) -> bool {
    let scopes = text(claims, "scope").unwrap_or_default();
    scopes.split(' ').any(|scope| scope.starts_with("altinn:") || PARTNER_SCOPES.contains(&scope))
}

/// The person behind an ID-porten token.
pub struct User<'a> {
    pub user_id: i64,
    pub user_name: &'a str,
    pub party_id: i64,
    pub party_uuid: Uuid,
}

/// An ID-porten token's claims as Altinn's; its end is not moved.
pub fn idporten(incoming: &Claims, issuer: &str, acr: &str, user: &User<'_>, sid: Uuid) -> Claims {
    let mut claims = without(incoming, &["aud", "iss", "at_hash", "sid", "sub"]);
    // WIRE: a one-element array comes back as its element, and the incoming text is the method as it is.
    let amr = match incoming.get("amr") {
        Some(Value::Array(several)) => several.first().and_then(Value::as_str),
        one => one.and_then(Value::as_str),
    };
    if let Some(amr) = amr {
        claims.insert("amr".into(), json!(amr));
    }
    claims.insert("nameid".into(), json!(user.user_id.to_string()));
    claims.insert("urn:altinn:userid".into(), json!(user.user_id.to_string()));
    claims.insert("urn:altinn:username".into(), json!(user.user_name));
    claims.insert("urn:altinn:partyid".into(), json!(user.party_id));
    claims.insert("urn:altinn:party:uuid".into(), json!(user.party_uuid));
    claims.insert("urn:altinn:authenticatemethod".into(), json!(amr.unwrap_or("NotDefined")));
    claims.insert("urn:altinn:authlevel".into(), json!(method::level_of_exchanged_acr(acr)));
    claims.insert("iss".into(), json!(issuer));
    claims.insert("sid".into(), json!(sid));
    claims
}

/// A claim as text.
pub fn text<'c>(claims: &'c Claims, name: &str) -> Option<&'c str> {
    claims.get(name)?.as_str()
}

fn without(claims: &Claims, names: &[&str]) -> Claims {
    claims
        .iter()
        .filter(|(name, _)| !names.contains(&name.as_str()))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Claims {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn maskinporten_claims_are_kept_replaced_and_dropped() {
        let incoming = object(json!({
            "aud": "x", "iss": "https://test.maskinporten.no/", "client_amr": "private_key_jwt", "sid": "old",
            "scope": "altinn:serviceowner/instances.read", "token_type": "Bearer", "client_id": "c", "jti": "j",
            "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:991825827"},
            "authorization_details": [{"type": "urn:altinn:systemuser"}], "exp": 1, "iat": 1
        }));
        let sid = Uuid::nil();
        let now = Timestamp::from_second(1_000).unwrap();
        let claims = maskinporten(&incoming, "https://a/", "991825827", Some("digdir"), sid, now);
        assert_eq!(
            Value::Object(claims),
            json!({
                "scope": "altinn:serviceowner/instances.read", "token_type": "Bearer", "client_id": "c", "jti": "j",
                "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:991825827"},
                "authorization_details": [{"type": "urn:altinn:systemuser"}],
                "urn:altinn:org": "digdir", "urn:altinn:orgNumber": "991825827",
                "urn:altinn:authenticatemethod": "maskinporten", "urn:altinn:authlevel": 3,
                "iss": "https://a/", "sid": sid, "nbf": 1000, "iat": 1000, "exp": 2800
            })
        );
        assert!(wants_org_code(&incoming));
    }

    #[test]
    fn consumer_is_read_with_its_authority_and_scheme() {
        let org = |consumer: Value| consumer_of(&consumer);
        assert!(org(json!({"authority": "iso6523-actorid-upis", "ID": "0192:991825827"})));
        assert!(!org(json!({"authority": "other", "ID": "0192:991825827"})));
        assert!(!org(json!({"authority": "iso6523-actorid-upis", "id": "0192:991825827"})));
        assert!(!org(json!("0192:991825827")));
    }

    fn consumer_of(value: &Value) -> bool {
        consumer(&object(json!({ "consumer": value }))).is_some()
    }

    #[test]
    fn person_tokens_need_an_altinn_or_partner_scope() {
        let scoped = |scope: &str| has_exchangeable_scope(&object(json!({ "scope": scope })));
        assert!(scoped("openid altinn:instances.read"));
        assert!(scoped("skatteetaten:mvameldinginnsending"));
        assert!(!scoped("openid profile"));
        assert!(!scoped("skatteetaten:mvamelding"));
    }
}
