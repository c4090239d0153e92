//! Claims of the tokens (identity §2.4 and §2.5).

use super::authorize::Request;
use super::client::Client;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// An identity token lives this long; it is a receipt of the login, not a key.
pub const ID_TOKEN_SECONDS: i64 = 120;

/// What the login established.
#[derive(Debug, Clone)]
pub struct Authenticated<'a> {
    pub sub: &'a str,
    pub pid: &'a str,
    pub acr: &'a str,
    pub amr: &'a str,
    pub locale: &'a str,
    pub sid: &'a str,
    pub auth_time: Timestamp,
}

/// Claims of the identity token.
pub fn id_token(
    issuer: &str,
    client: &Client,
    request: &Request,
    who: &Authenticated<'_>,
    jti: &str,
    now: Timestamp,
) -> Value {
    let mut claims = json!({
        "sub": who.sub,
        "amr": [who.amr],
        "iss": issuer,
        "pid": who.pid,
        "locale": who.locale,
        "aud": client.id,
        "acr": who.acr,
        "auth_time": who.auth_time.as_second(),
        "exp": now.as_second() + ID_TOKEN_SECONDS,
        "iat": now.as_second(),
        "jti": jti,
    });
    // WIRE: a nonce that was not sent is never invented, and `sid` goes only to clients that take part in single logout.
    if let Some(nonce) = &request.nonce {
        claims["nonce"] = json!(nonce);
    }
    if client.session_required() {
        claims["sid"] = json!(who.sid);
    }
    claims
}

/// Claims of the access token.
pub fn access_token(
    issuer: &str,
    client: &Client,
    request: &Request,
    who: &Authenticated<'_>,
    jti: &str,
    now: Timestamp,
) -> Value {
    let mut claims = json!({
        "sub": who.sub,
        "iss": issuer,
        "client_amr": client.auth_method.as_str(),
        "pid": who.pid,
        "token_type": "Bearer",
        "client_id": client.id,
        "acr": who.acr,
        "amr": [who.amr],
        "scope": request.scopes.join(" "),
        "exp": (now + SignedDuration::from_secs(client.lifetimes.access_token)).as_second(),
        "iat": now.as_second(),
        "jti": jti,
    });
    if let Some(org_no) = &client.org_no {
        claims["consumer"] = json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{org_no}") });
    }
    match request.resources.as_slice() {
        [] => {}
        [one] => claims["aud"] = json!(one),
        several => claims["aud"] = json!(several),
    }
    claims
}

/// What `/userinfo` answers.
pub fn userinfo(sub: &str, pid: &str, locale: &str) -> Value {
    json!({ "sub": sub, "pid": pid, "locale": locale })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::authorize::tests::{client, request};

    fn who() -> Authenticated<'static> {
        Authenticated {
            sub: "s",
            pid: "28876895937",
            acr: "idporten-loa-high",
            amr: "BankID",
            locale: "nb",
            sid: "sid-1",
            auth_time: Timestamp::from_second(1_000).unwrap(),
        }
    }

    #[test]
    fn id_token_has_exactly_the_members_of_the_spec() {
        let now = Timestamp::from_second(2_000).unwrap();
        let claims = id_token("https://test.idporten.no", &client(), &request(), &who(), "jti-jti-jti", now);
        assert_eq!(
            claims,
            json!({
                "sub": "s", "amr": ["BankID"], "iss": "https://test.idporten.no", "pid": "28876895937",
                "locale": "nb", "aud": "demo", "acr": "idporten-loa-high", "auth_time": 1000,
                "exp": 2120, "iat": 2000, "jti": "jti-jti-jti"
            })
        );
    }

    #[test]
    fn nonce_and_sid_only_when_asked_for() {
        let mut asked = request();
        asked.nonce = Some("n-1".into());
        let told = Client { frontchannel_logout_uri: Some("https://rp.example/out".into()), ..client() };
        let claims = id_token("i", &told, &asked, &who(), "j", Timestamp::UNIX_EPOCH);
        assert_eq!(claims["nonce"], "n-1");
        assert_eq!(claims["sid"], "sid-1");
    }

    #[test]
    fn audience_of_the_access_token_comes_from_resource() {
        let mut asked = request();
        assert!(
            access_token("i", &client(), &asked, &who(), "j", Timestamp::UNIX_EPOCH).get("aud").is_none()
        );
        asked.resources = vec!["https://api.example/".into()];
        let claims = access_token("i", &client(), &asked, &who(), "j", Timestamp::UNIX_EPOCH);
        assert_eq!(claims["aud"], "https://api.example/");
        assert_eq!(claims["consumer"]["ID"], "0192:991825827");
    }
}
