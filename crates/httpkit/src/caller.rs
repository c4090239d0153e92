//! The verified token of a request, and what blocks read from it.

use audit::{Actor, ActorKind};
use axum::extract::FromRequestParts;
use http::request::Parts;
use ports::register::PartyRef;
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

use crate::problem;

/// Who issued the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IssuerKind {
    /// Maskinporten, not exchanged.
    Maskinporten,
    /// ID-porten, not exchanged.
    Idporten,
    /// Altinn: exchanged, portal or test token.
    Altinn,
}

/// How the token came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    Header,
    Cookie,
}

/// The `urn:altinn:systemuser` authorization detail of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemUserClaim {
    /// `systemuser_id`
    pub id: Uuid,
    /// Organisation number of `systemuser_org`.
    pub org_no: String,
    /// `system_id`
    pub system_id: String,
}

/// A verified caller. As an extractor it answers 401 when the route let nobody through with a token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Issuer of the token.
    pub issuer: IssuerKind,
    /// All claims.
    pub claims: Arc<Map<String, Value>>,
    /// The token itself, for services that pass it on.
    pub token: Arc<str>,
    pub(crate) carrier: Carrier,
    pub(crate) csrf: Option<Arc<str>>,
}

impl Caller {
    /// Scopes of claim `urn:altinn:scope`, else `scope`.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let text = self.text("urn:altinn:scope").or_else(|| self.text("scope")).unwrap_or_default();
        text.split_whitespace()
    }

    /// Does the token hold this scope as a whole word.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|held| held == scope)
    }

    /// Organisation number of the `consumer` claim: the vendor or service owner.
    pub fn consumer(&self) -> Option<&str> {
        iso6523(self.claims.get("consumer")?)
    }

    /// Organisation number: `urn:altinn:orgNumber`, else that of `consumer`.
    pub fn org_no(&self) -> Option<&str> {
        self.text("urn:altinn:orgNumber").or_else(|| self.consumer())
    }

    /// Service owner code (`urn:altinn:org`).
    pub fn org_code(&self) -> Option<&str> {
        self.text("urn:altinn:org")
    }

    /// National identity number of the person who logged in. WIRE: test tokens carry a random one beside a real user id, so prefer
    /// `person` for access decisions (identity §3.4). Any client may put a `pid` into its grant (identity §1.2.2), so in a token
    /// that comes of Maskinporten, exchanged or not, the claim proves nothing and is not read.
    pub fn pid(&self) -> Option<&str> {
        let of_a_machine = self.issuer == IssuerKind::Maskinporten
            || self
                .text("urn:altinn:authenticatemethod")
                .is_some_and(|how| how.eq_ignore_ascii_case("maskinporten"));
        if of_a_machine { None } else { self.text("pid") }
    }

    /// `urn:altinn:userid`, number or string.
    pub fn user_id(&self) -> Option<i64> {
        self.number("urn:altinn:userid")
    }

    /// `urn:altinn:partyid`, number or string.
    pub fn party_id(&self) -> Option<i64> {
        self.number("urn:altinn:partyid")
    }

    /// `urn:altinn:party:uuid`
    pub fn party_uuid(&self) -> Option<Uuid> {
        self.text("urn:altinn:party:uuid")?.parse().ok()
    }

    /// The person behind the token: by user id, else party, else identity number (identity §3.4). A system user is no person.
    pub fn person(&self) -> Option<PartyRef> {
        if self.system_user().is_some() {
            return None;
        }
        let pid = || self.pid().map(|pid| PartyRef::Pid(pid.to_owned()));
        let user = self.user_id().map(PartyRef::UserId);
        user.or_else(|| self.party_uuid().map(PartyRef::Uuid)).or_else(pid)
    }

    /// Who acts, for the audit log: without a look into the registers, so a person who is known by number alone has no id
    /// until a block has found the party.
    pub(crate) fn actor(&self) -> Actor {
        if let Some(user) = self.system_user() {
            return Actor::system_user(user.id);
        }
        match (self.user_id(), self.pid(), self.party_uuid(), self.org_no()) {
            (Some(_), _, Some(party), _) | (None, Some(_), Some(party), _) => Actor::person(party),
            (Some(user), ..) => Actor { kind: ActorKind::Person, id: format!("user:{user}") },
            (None, Some(_), None, _) => Actor { kind: ActorKind::Person, id: String::new() },
            (.., Some(org_no)) => Actor::organisation(org_no),
            (.., Some(party), None) => Actor::person(party),
            _ => Actor::client(self.client_id().unwrap_or_default()),
        }
    }

    /// `client_id`
    pub fn client_id(&self) -> Option<&str> {
        self.text("client_id")
    }

    /// `sid`
    pub fn session_id(&self) -> Option<&str> {
        self.text("sid")
    }

    /// `urn:altinn:authlevel`, number or string; from `acr` for ID-porten's own tokens; Maskinporten counts as 3.
    pub fn auth_level(&self) -> u8 {
        let stated = self.number("urn:altinn:authlevel").and_then(|level| u8::try_from(level).ok());
        stated.unwrap_or_else(|| match self.text("acr") {
            _ if self.issuer == IssuerKind::Maskinporten => 3,
            Some("idporten-loa-high" | "eidas-loa-high" | "Level4") => 4,
            Some("idporten-loa-substantial" | "eidas-loa-substantial" | "Level3") => 3,
            _ => 0,
        })
    }

    /// The system user that the token stands for. An object and a one-element array are both read.
    pub fn system_user(&self) -> Option<SystemUserClaim> {
        let details = match self.claims.get("authorization_details")? {
            Value::Array(details) => details.first()?,
            detail => detail,
        };
        if details.get("type")?.as_str()? != "urn:altinn:systemuser" {
            return None;
        }
        let id = match details.get("systemuser_id")? {
            Value::Array(ids) => ids.first()?.as_str()?,
            id => id.as_str()?,
        };
        Some(SystemUserClaim {
            id: id.parse().ok()?,
            org_no: iso6523(details.get("systemuser_org")?)?.to_owned(),
            system_id: details.get("system_id")?.as_str()?.to_owned(),
        })
    }

    /// The session's CSRF token, for forms and for the `XSRF-TOKEN` cookie.
    pub fn csrf_token(&self) -> &str {
        self.csrf.as_deref().unwrap_or_default()
    }

    /// Did the token come in the portal's cookie.
    pub fn by_cookie(&self) -> bool {
        self.carrier == Carrier::Cookie
    }

    /// Is it the token of a portal session: those alone name the provider of the login (identity §3.4).
    pub(crate) fn is_of_portal(&self) -> bool {
        self.issuer == IssuerKind::Altinn && self.claims.contains_key("originaliss")
    }

    /// A claim as text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    fn number(&self, claim: &str) -> Option<i64> {
        let value = self.claims.get(claim)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }
}

/// Organisation number of an ISO 6523 object with the Norwegian scheme.
fn iso6523(value: &Value) -> Option<&str> {
    if value.get("authority")?.as_str()? != "iso6523-actorid-upis" {
        return None;
    }
    value.get("ID")?.as_str()?.strip_prefix("0192:")
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = axum::response::Response;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| problem::empty(http::StatusCode::UNAUTHORIZED))
    }
}

impl<S: Sync> axum::extract::OptionalFromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn caller(claims: Value) -> Caller {
        let Value::Object(claims) = claims else { panic!("an object") };
        Caller {
            issuer: IssuerKind::Altinn,
            claims: Arc::new(claims),
            token: "".into(),
            carrier: Carrier::Header,
            csrf: None,
        }
    }

    #[test]
    fn numbers_may_be_strings_and_scopes_are_whole_words() {
        let caller = caller(
            json!({"urn:altinn:userid": "20000001", "urn:altinn:authlevel": "3", "scope": "a:b a:bc"}),
        );
        assert_eq!((caller.user_id(), caller.auth_level()), (Some(20_000_001), 3));
        assert!(caller.has_scope("a:b") && !caller.has_scope("a"));
    }

    #[test]
    fn a_system_user_is_read_from_array_or_object_and_only_with_the_norwegian_scheme() {
        let detail = |scheme: &str| {
            json!({"type": "urn:altinn:systemuser", "systemuser_id": ["0195cf11-92fc-71bb-9dac-2a28e3d5f26b"],
                "systemuser_org": {"authority": "iso6523-actorid-upis", "ID": format!("{scheme}:310149942")}, "system_id": "1_x"})
        };
        assert!(caller(json!({"authorization_details": [detail("0192")]})).system_user().is_some());
        assert!(caller(json!({"authorization_details": detail("0192")})).system_user().is_some());
        assert!(caller(json!({"authorization_details": [detail("9999")]})).system_user().is_none());
    }

    #[test]
    fn the_identity_number_of_a_grant_is_no_login() {
        let pid = json!({"pid": "21879498012"});
        assert_eq!(caller(pid.clone()).pid(), Some("21879498012"));
        let raw = Caller { issuer: IssuerKind::Maskinporten, ..caller(pid) };
        let exchanged =
            caller(json!({"pid": "21879498012", "urn:altinn:authenticatemethod": "maskinporten"}));
        for machine in [raw, exchanged] {
            assert_eq!((machine.pid(), machine.person()), (None, None));
        }
    }
}
