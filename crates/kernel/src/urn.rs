//! Party URNs: how Altinn names a party on the wire.

use crate::orgno::OrgNo;
use crate::pid::Pid;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use uuid::Uuid;

/// A reference to a party or user. Reading accepts every spelling in use; printing uses one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartyUrn {
    /// `urn:altinn:person:identifier-no:{pid}`
    Person(Pid),
    /// `urn:altinn:organization:identifier-no:{orgNo}`
    Organization(OrgNo),
    /// `urn:altinn:systemuser:uuid:{uuid}`
    SystemUser(Uuid),
    /// `urn:altinn:enterpriseuser:uuid:{uuid}`
    EnterpriseUser(Uuid),
    /// `urn:altinn:enterpriseuser:username:{name}`
    EnterpriseUserName(String),
    /// `urn:altinn:party:uuid:{uuid}`; also read from `person:uuid`, `organization:uuid` and `user:uuid`.
    Party(Uuid),
    /// `urn:altinn:partyid:{int}`; also read from `party:id`.
    PartyId(i64),
    /// `urn:altinn:userid:{int}`; also read from `user:id`.
    UserId(i64),
    /// `urn:altinn:person:idporten-email:{e-mail}`, in lower case.
    IdportenEmail(String),
    /// `urn:altinn:person:legacy-selfidentified:{name}`; also read from `party:username` and `username`.
    SelfIdentified(String),
}

/// Why a text is not a party URN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrnError {
    /// The text does not begin with a known prefix.
    #[error("unknown kind of party URN")]
    UnknownKind,
    /// The part after the prefix is malformed or has a wrong check digit.
    #[error("the value of the party URN is not valid")]
    InvalidValue,
}

const PERSON: &str = "urn:altinn:person:identifier-no";
const ORGANIZATION: &str = "urn:altinn:organization:identifier-no";
const SYSTEM_USER: &str = "urn:altinn:systemuser:uuid";
const ENTERPRISE_USER: &str = "urn:altinn:enterpriseuser:uuid";
const ENTERPRISE_USER_NAME: &str = "urn:altinn:enterpriseuser:username";
const PARTY: &str = "urn:altinn:party:uuid";
const PARTY_ID: &str = "urn:altinn:partyid";
const USER_ID: &str = "urn:altinn:userid";
const IDPORTEN_EMAIL: &str = "urn:altinn:person:idporten-email";
const SELF_IDENTIFIED: &str = "urn:altinn:person:legacy-selfidentified";

impl PartyUrn {
    /// Reads a URN; identity and organisation numbers must have right check digits.
    pub fn parse(text: &str) -> Result<Self, UrnError> {
        Self::read(text, |pid| Pid::parse(pid).ok(), |org_no| OrgNo::parse(org_no).ok())
    }

    /// Reads a URN; identity and organisation numbers need only have the right number of digits.
    pub fn parse_digits(text: &str) -> Result<Self, UrnError> {
        Self::read(text, |pid| Pid::parse_digits(pid).ok(), |org_no| OrgNo::parse_digits(org_no).ok())
    }

    fn read(
        text: &str,
        pid: impl Fn(&str) -> Option<Pid>,
        org_no: impl Fn(&str) -> Option<OrgNo>,
    ) -> Result<Self, UrnError> {
        let (kind, value) = split(text).ok_or(UrnError::UnknownKind)?;
        Self::from_attribute_with(kind, value, pid, org_no)
    }

    /// Reads an attribute as the PDP has it: the URN without its last part, and the value.
    pub fn from_attribute(id: &str, value: &str) -> Result<Self, UrnError> {
        Self::from_attribute_with(
            id,
            value,
            |pid| Pid::parse_digits(pid).ok(),
            |no| OrgNo::parse_digits(no).ok(),
        )
    }

    fn from_attribute_with(
        kind: &str,
        value: &str,
        pid: impl Fn(&str) -> Option<Pid>,
        org_no: impl Fn(&str) -> Option<OrgNo>,
    ) -> Result<Self, UrnError> {
        let uuid = || Uuid::try_parse(value).ok();
        let number = || value.parse::<i64>().ok().filter(|number| *number > 0);
        let name = || (!value.is_empty() && value.len() <= 320).then(|| value.to_owned());
        let urn = match kind {
            PERSON => pid(value).map(Self::Person),
            ORGANIZATION => org_no(value).map(Self::Organization),
            SYSTEM_USER => uuid().map(Self::SystemUser),
            ENTERPRISE_USER => uuid().map(Self::EnterpriseUser),
            ENTERPRISE_USER_NAME => name().map(Self::EnterpriseUserName),
            PARTY | "urn:altinn:person:uuid" | "urn:altinn:organization:uuid" | "urn:altinn:user:uuid" => {
                uuid().map(Self::Party)
            }
            PARTY_ID | "urn:altinn:party:id" => number().map(Self::PartyId),
            USER_ID | "urn:altinn:user:id" => number().map(Self::UserId),
            IDPORTEN_EMAIL => {
                name().filter(|mail| is_email(mail)).map(|mail| Self::IdportenEmail(mail.to_lowercase()))
            }
            SELF_IDENTIFIED | "urn:altinn:party:username" | "urn:altinn:username" => {
                name().map(Self::SelfIdentified)
            }
            _ => return Err(UrnError::UnknownKind),
        };
        urn.ok_or(UrnError::InvalidValue)
    }

    /// The URN without its value: the attribute id in a PDP request.
    pub fn attribute_id(&self) -> &'static str {
        match self {
            Self::Person(_) => PERSON,
            Self::Organization(_) => ORGANIZATION,
            Self::SystemUser(_) => SYSTEM_USER,
            Self::EnterpriseUser(_) => ENTERPRISE_USER,
            Self::EnterpriseUserName(_) => ENTERPRISE_USER_NAME,
            Self::Party(_) => PARTY,
            Self::PartyId(_) => PARTY_ID,
            Self::UserId(_) => USER_ID,
            Self::IdportenEmail(_) => IDPORTEN_EMAIL,
            Self::SelfIdentified(_) => SELF_IDENTIFIED,
        }
    }

    /// The value alone.
    pub fn value(&self) -> String {
        match self {
            Self::Person(pid) => pid.as_str().to_owned(),
            Self::Organization(org_no) => org_no.to_string(),
            Self::SystemUser(id) | Self::EnterpriseUser(id) | Self::Party(id) => id.to_string(),
            Self::PartyId(id) | Self::UserId(id) => id.to_string(),
            Self::EnterpriseUserName(name) | Self::IdportenEmail(name) | Self::SelfIdentified(name) => {
                name.clone()
            }
        }
    }

    /// The URN as it stands on the wire. There is no `Display`, since it may hold a national identity number.
    pub fn to_urn(&self) -> String {
        format!("{}:{}", self.attribute_id(), self.value())
    }
}

/// Splits before the value. The value of no kind holds a colon, except user names, whose kinds have a known prefix.
fn split(text: &str) -> Option<(&str, &str)> {
    const NAMED: [&str; 5] = [
        ENTERPRISE_USER_NAME,
        IDPORTEN_EMAIL,
        SELF_IDENTIFIED,
        "urn:altinn:party:username",
        "urn:altinn:username",
    ];
    NAMED
        .iter()
        .find_map(|kind| Some((*kind, text.strip_prefix(kind)?.strip_prefix(':')?)))
        .or_else(|| text.rsplit_once(':'))
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.contains('@')
            && domain.split('.').count() > 1
            && domain.split('.').all(|part| !part.is_empty())
            && !text.contains(char::is_whitespace)
    })
}

impl fmt::Debug for PartyUrn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(pid) => write!(f, "{PERSON}:{}", pid.masked()),
            other => f.write_str(&other.to_urn()),
        }
    }
}

impl std::str::FromStr for PartyUrn {
    type Err = UrnError;

    fn from_str(text: &str) -> Result<Self, UrnError> {
        Self::parse(text)
    }
}

impl Serialize for PartyUrn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_urn())
    }
}

impl<'de> Deserialize<'de> for PartyUrn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_kind_prints_as_it_was_read() {
        for text in [
            "urn:altinn:person:identifier-no:21879498012",
            "urn:altinn:organization:identifier-no:974760673",
            "urn:altinn:systemuser:uuid:6b1d1e0a-6d0c-4b57-9d21-04d5a7a1a3a1",
            "urn:altinn:enterpriseuser:uuid:6b1d1e0a-6d0c-4b57-9d21-04d5a7a1a3a1",
            "urn:altinn:enterpriseuser:username:ec:user",
            "urn:altinn:party:uuid:6b1d1e0a-6d0c-4b57-9d21-04d5a7a1a3a1",
            "urn:altinn:partyid:50000001",
            "urn:altinn:userid:20000001",
            "urn:altinn:person:idporten-email:kari@example.no",
            "urn:altinn:person:legacy-selfidentified:epost:kari",
        ] {
            assert_eq!(PartyUrn::parse(text).expect(text).to_urn(), text);
        }
    }

    #[test]
    fn other_spellings_are_read() {
        for (text, read) in [
            ("urn:altinn:party:id:50000001", PartyUrn::PartyId(50_000_001)),
            ("urn:altinn:user:id:7", PartyUrn::UserId(7)),
            ("urn:altinn:username:kari", PartyUrn::SelfIdentified("kari".into())),
            (
                "urn:altinn:person:uuid:6b1d1e0a-6d0c-4b57-9d21-04d5a7a1a3a1",
                PartyUrn::Party(uuid::uuid!("6b1d1e0a-6d0c-4b57-9d21-04d5a7a1a3a1")),
            ),
            (
                "urn:altinn:person:idporten-email:Kari@Example.no",
                PartyUrn::IdportenEmail("kari@example.no".into()),
            ),
        ] {
            assert_eq!(PartyUrn::parse(text), Ok(read));
        }
    }

    #[test]
    fn refusals() {
        for (text, error) in [
            ("urn:altinn:person:identifier-no:01039012345", UrnError::InvalidValue),
            ("urn:altinn:organization:identifier-no:897069650", UrnError::InvalidValue),
            ("urn:altinn:party:uuid:x", UrnError::InvalidValue),
            ("urn:altinn:partyid:-1", UrnError::InvalidValue),
            ("urn:altinn:person:idporten-email:kari@example", UrnError::InvalidValue),
            ("urn:altinn:resource:x", UrnError::UnknownKind),
            ("974760673", UrnError::UnknownKind),
            ("URN:altinn:partyid:1", UrnError::UnknownKind),
        ] {
            assert_eq!(PartyUrn::parse(text), Err(error), "{text}");
        }
        assert!(PartyUrn::parse_digits("urn:altinn:organization:identifier-no:897069650").is_ok());
    }

    #[test]
    fn debug_hides_the_identity_number() {
        let urn = PartyUrn::parse("urn:altinn:person:identifier-no:21879498012").unwrap();
        assert_eq!(format!("{urn:?}"), "urn:altinn:person:identifier-no:218794*****");
    }

    proptest! {
        #[test]
        fn what_is_read_prints_to_something_equal(text in "urn:altinn:[a-z:-]{4,30}:[a-z0-9@.:]{0,40}") {
            if let Ok(urn) = PartyUrn::parse(&text) {
                prop_assert_eq!(PartyUrn::parse(&urn.to_urn()), Ok(urn));
            }
        }
    }
}
