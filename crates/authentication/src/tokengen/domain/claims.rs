//! Claims of each kind of token (identity §5).

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub type Claims = Map<String, Value>;

const MAKER: &str = "altinn-test-tools";

/// Who issues, and for how long.
pub struct Frame {
    pub issuer: String,
    pub now: Timestamp,
    pub ttl: i64,
}

impl Frame {
    fn put(&self, claims: &mut Claims) {
        let now = self.now.as_second();
        claims.insert("iss".into(), json!(self.issuer));
        claims.insert("actual_iss".into(), json!(MAKER));
        for (name, value) in [("nbf", now), ("iat", now), ("exp", now + self.ttl)] {
            claims.insert(name.into(), json!(value));
        }
    }
}

/// Issuer of an environment's platform.
pub fn platform_issuer(env: &str) -> String {
    let top = if env.starts_with("at") || env.starts_with("yt01") { "cloud" } else { "no" };
    format!("https://platform.{env}.altinn.{top}/authentication/api/v1/openid/")
}

/// An organisation as tokens name it.
pub fn organisation(number: &str) -> Value {
    json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{number}") })
}

/// Level names of `acr`.
pub fn acr(level: &str) -> &'static str {
    match level {
        "3" => "idporten-loa-substantial",
        "4" => "idporten-loa-high",
        _ => "idporten-loa-low",
    }
}

fn put_some(claims: &mut Claims, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        claims.insert(name.into(), value.into());
    }
}

/// An organisation's token.
pub struct Enterprise {
    pub scope: String,
    pub org: Option<String>,
    pub org_no: String,
    pub supplier: Option<String>,
    pub client_id: String,
    pub delegation_source: Option<String>,
    pub jti: String,
}

pub fn enterprise(frame: &Frame, of: &Enterprise) -> Claims {
    let mut claims = Claims::new();
    claims.insert("scope".into(), json!(of.scope));
    claims.insert("token_type".into(), json!("Bearer"));
    claims.insert("client_id".into(), json!(of.client_id));
    claims.insert("jti".into(), json!(of.jti));
    claims.insert("consumer".into(), organisation(&of.org_no));
    claims.insert("urn:altinn:orgNumber".into(), json!(of.org_no));
    claims.insert("urn:altinn:authenticatemethod".into(), json!("maskinporten"));
    claims.insert("urn:altinn:authlevel".into(), json!(3));
    put_some(&mut claims, "urn:altinn:org", of.org.clone());
    put_some(&mut claims, "supplier", of.supplier.as_deref().map(organisation));
    put_some(&mut claims, "delegation_source", of.delegation_source.clone());
    frame.put(&mut claims);
    claims
}

/// A user of an organisation, beside the organisation's own claims.
pub struct EnterpriseUser {
    pub user_id: i64,
    pub party_id: i64,
    pub user_name: String,
    pub party_uuid: Option<Uuid>,
}

pub fn enterprise_user(frame: &Frame, of: &Enterprise, user: &EnterpriseUser) -> Claims {
    let mut claims = enterprise(frame, of);
    claims.insert("urn:altinn:authenticatemethod".into(), json!("virksomhetsbruker"));
    claims.insert("urn:altinn:userid".into(), json!(user.user_id));
    claims.insert("urn:altinn:partyid".into(), json!(user.party_id));
    claims.insert("urn:altinn:username".into(), json!(user.user_name));
    put_some(&mut claims, "urn:altinn:party:uuid", user.party_uuid.map(|id| id.to_string()));
    claims
}

/// A person's token.
pub struct Personal {
    pub scope: String,
    pub user_id: Option<i64>,
    pub party_id: Option<i64>,
    pub pid: String,
    pub level: String,
    pub consumer: Option<String>,
    pub party_uuid: Option<Uuid>,
    pub user_name: String,
    pub client_amr: String,
    pub client_id: String,
    pub delegation_source: Option<String>,
    pub jti: String,
}

pub fn personal(frame: &Frame, of: &Personal) -> Claims {
    let mut claims = Claims::new();
    // WIRE: the level is a text here and a number in every other kind (identity §5).
    for (name, value) in [
        ("urn:altinn:authenticatemethod", "NotDefined"),
        ("urn:altinn:authlevel", &of.level),
        ("urn:altinn:username", &of.user_name),
        ("client_amr", &of.client_amr),
        ("pid", &of.pid),
        ("token_type", "Bearer"),
        ("client_id", &of.client_id),
        ("acr", acr(&of.level)),
        ("scope", &of.scope),
        ("jti", &of.jti),
    ] {
        claims.insert(name.into(), json!(value));
    }
    if let Some(user_id) = of.user_id.filter(|id| *id != 0) {
        claims.insert("nameid".into(), json!(user_id));
        claims.insert("urn:altinn:userid".into(), json!(user_id));
    }
    put_some(&mut claims, "urn:altinn:partyid", of.party_id);
    put_some(&mut claims, "urn:altinn:party:uuid", of.party_uuid.map(|id| id.to_string()));
    put_some(&mut claims, "delegation_source", of.delegation_source.clone());
    if let Some(consumer) = &of.consumer {
        claims.insert("client_orgno".into(), organisation(consumer));
        claims.insert("consumer".into(), organisation(consumer));
    }
    frame.put(&mut claims);
    claims
}

/// A system user's token.
pub struct SystemUser {
    pub scope: String,
    pub org_no: String,
    pub supplier: Option<String>,
    pub client_id: String,
    pub id: Uuid,
    pub owner: String,
    /// Nobody's system: the generator does not know which one the user belongs to.
    pub system_id: Uuid,
    pub jti: String,
}

pub fn system_user(frame: &Frame, of: &SystemUser) -> Claims {
    let mut claims = Claims::new();
    claims.insert("scope".into(), json!(of.scope));
    claims.insert("client_id".into(), json!(of.client_id));
    claims.insert("consumer".into(), organisation(&of.org_no));
    claims.insert("jti".into(), json!(of.jti));
    claims.insert("token_type".into(), json!("Bearer"));
    claims.insert("urn:altinn:authenticatemethod".into(), json!("maskinporten"));
    claims.insert("urn:altinn:authlevel".into(), json!(3));
    claims.insert(
        "authorization_details".into(),
        json!([{
            "type": "urn:altinn:systemuser",
            "systemuser_id": [of.id],
            "systemuser_org": organisation(&of.owner),
            "system_id": of.system_id.to_string(),
        }]),
    );
    put_some(&mut claims, "supplier", of.supplier.as_deref().map(organisation));
    frame.put(&mut claims);
    claims
}

/// A user without identity number.
pub struct SelfIdentified {
    pub scope: String,
    pub user_id: i64,
    pub party_id: i64,
    pub party_uuid: Uuid,
    pub user_name: String,
    pub sid: Uuid,
    /// Address, when it is one that logged in by e-mail.
    pub email: Option<String>,
}

pub fn self_identified(frame: &Frame, of: &SelfIdentified) -> Claims {
    let by_email = of.email.is_some();
    let pick = |email: &'static str, legacy: &'static str| if by_email { email } else { legacy };
    let mut claims = Claims::new();
    claims.insert("sub".into(), json!(format!("urn:altinn:party:uuid:{}", of.party_uuid)));
    claims.insert("sid".into(), json!(of.sid));
    claims.insert("jti".into(), json!(of.sid));
    claims.insert("urn:altinn:party:uuid".into(), json!(of.party_uuid));
    claims.insert("urn:altinn:partyid".into(), json!(of.party_id));
    claims.insert("urn:altinn:userid".into(), json!(of.user_id));
    claims.insert("urn:altinn:username".into(), json!(of.user_name));
    // WIRE: the tool misspells `originaliss` (identity §3.4).
    claims.insert("orignaliss".into(), json!(pick("idporten", "altinn2")));
    claims.insert("acr".into(), json!(pick("selfregistered-email", "Selfidentified")));
    claims.insert("amr".into(), json!([pick("Selfregistered-email", "SelfIdentified")]));
    claims.insert("urn:altinn:authenticatemethod".into(), json!(pick("IdportenEpost", "SelfIdentified")));
    claims.insert("urn:altinn:authlevel".into(), json!(0));
    claims.insert("scope".into(), json!(of.scope));
    if let Some(email) = &of.email {
        let escaped: String = url::form_urlencoded::byte_serialize(email.to_lowercase().as_bytes()).collect();
        claims.insert("email".into(), json!(email));
        claims.insert(
            "urn:altinn:party:external-identifier".into(),
            json!(format!("urn:altinn:person:idporten-email:{escaped}")),
        );
        claims.insert("auth_time".into(), json!(frame.now.as_second()));
    }
    frame.put(&mut claims);
    claims
}

/// An app's token for the platform.
pub fn platform(frame: &Frame, app: &str) -> Claims {
    let mut claims = Claims::new();
    claims.insert("urn:altinn:app".into(), json!(app));
    frame.put(&mut claims);
    claims
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame { issuer: platform_issuer("tt02"), now: Timestamp::from_second(1_000).unwrap(), ttl: 1800 }
    }

    #[test]
    fn a_personal_token_has_its_level_as_text_and_numbers_as_numbers() {
        let of = Personal {
            scope: "altinn:enduser".into(),
            user_id: Some(20_000_001),
            party_id: Some(50_000_001),
            pid: "28876895937".into(),
            level: "3".into(),
            consumer: Some("991825827".into()),
            party_uuid: None,
            user_name: String::new(),
            client_amr: "virksomhetssertifikat".into(),
            client_id: "c".into(),
            delegation_source: None,
            jti: "j".into(),
        };
        assert_eq!(
            Value::Object(personal(&frame(), &of)),
            json!({
                "urn:altinn:authenticatemethod": "NotDefined", "urn:altinn:authlevel": "3", "urn:altinn:username": "",
                "client_amr": "virksomhetssertifikat", "pid": "28876895937", "token_type": "Bearer", "client_id": "c",
                "acr": "idporten-loa-substantial", "scope": "altinn:enduser", "jti": "j",
                "nameid": 20_000_001, "urn:altinn:userid": 20_000_001, "urn:altinn:partyid": 50_000_001,
                "client_orgno": {"authority": "iso6523-actorid-upis", "ID": "0192:991825827"},
                "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:991825827"},
                "iss": "https://platform.tt02.altinn.no/authentication/api/v1/openid/",
                "actual_iss": "altinn-test-tools", "nbf": 1000, "iat": 1000, "exp": 2800
            })
        );
    }

    #[test]
    fn test_environments_in_the_cloud_have_their_own_top_domain() {
        assert!(platform_issuer("at22").contains("platform.at22.altinn.cloud"));
        assert!(platform_issuer("yt01").contains("altinn.cloud"));
        assert!(platform_issuer("tt02").contains("altinn.no"));
    }

    #[test]
    fn a_system_user_token_names_its_user_and_no_org_number() {
        let of = SystemUser {
            scope: "altinn:enduser".into(),
            org_no: "991825827".into(),
            supplier: None,
            client_id: "c".into(),
            id: Uuid::from_u128(1),
            owner: "310149942".into(),
            system_id: Uuid::from_u128(2),
            jti: "j".into(),
        };
        let claims = system_user(&frame(), &of);
        assert!(!claims.contains_key("urn:altinn:orgNumber"));
        assert_eq!(
            claims["authorization_details"],
            json!([{
                "type": "urn:altinn:systemuser", "systemuser_id": ["00000000-0000-0000-0000-000000000001"],
                "systemuser_org": {"authority": "iso6523-actorid-upis", "ID": "0192:310149942"},
                "system_id": "00000000-0000-0000-0000-000000000002"
            }])
        );
    }
}
