//! The reference to an organisation that tokens carry: `{"authority":"iso6523-actorid-upis","ID":"0192:974760673"}`.

use crate::orgno::{OrgNo, OrgNoError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The only authority in use.
pub const AUTHORITY: &str = "iso6523-actorid-upis";
/// The code of Enhetsregisteret.
pub const ICD: &str = "0192";

/// An organisation reference. The number has nine digits; whether its check digit is right is for the reader to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Iso6523(OrgNo);

/// Why a value is not an organisation reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Iso6523Error {
    /// Not an object of `authority` and `ID`, spelt so, both texts.
    #[error("an organisation reference is an object with authority and ID")]
    Shape,
    /// Another authority.
    #[error("the authority of an organisation reference is {AUTHORITY}")]
    Authority,
    /// Another code than 0192.
    #[error("the ID of an organisation reference begins with {ICD}:")]
    Icd,
    /// Not nine digits.
    #[error(transparent)]
    Number(#[from] OrgNoError),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    authority: String,
    #[serde(rename = "ID")]
    id: String,
}

impl Iso6523 {
    /// The reference to `org_no`.
    pub fn new(org_no: OrgNo) -> Self {
        Self(org_no)
    }

    /// Reads the JSON object.
    pub fn from_value(value: &serde_json::Value) -> Result<Self, Iso6523Error> {
        Wire::deserialize(value).map_err(|_| Iso6523Error::Shape).and_then(Self::from_wire)
    }

    /// Reads the text of `ID`: `0192:974760673`.
    pub fn from_id(id: &str) -> Result<Self, Iso6523Error> {
        let (icd, number) = id.split_once(':').ok_or(Iso6523Error::Icd)?;
        if icd != ICD {
            return Err(Iso6523Error::Icd);
        }
        Ok(Self(OrgNo::parse_digits(number)?))
    }

    fn from_wire(wire: Wire) -> Result<Self, Iso6523Error> {
        if wire.authority != AUTHORITY {
            return Err(Iso6523Error::Authority);
        }
        Self::from_id(&wire.id)
    }

    /// The organisation number.
    pub fn org_no(&self) -> OrgNo {
        self.0
    }

    /// The text of `ID`.
    pub fn id(&self) -> String {
        format!("{ICD}:{}", self.0)
    }

    /// The JSON object.
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::json!({ "authority": AUTHORITY, "ID": self.id() })
    }
}

impl Serialize for Iso6523 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire { authority: AUTHORITY.to_owned(), id: self.id() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Iso6523 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_wire(Wire::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_and_prints() {
        let value = json!({"authority":"iso6523-actorid-upis","ID":"0192:974760673"});
        let reference = Iso6523::from_value(&value).unwrap();
        assert_eq!(reference.org_no().as_str(), "974760673");
        assert_eq!(reference.to_value(), value);
        assert_eq!(
            serde_json::to_string(&reference).unwrap(),
            r#"{"authority":"iso6523-actorid-upis","ID":"0192:974760673"}"#
        );
    }

    #[test]
    fn refuses_everything_else() {
        for (value, error) in [
            (json!({"authority":"iso6523-actorid-upis","id":"0192:974760673"}), Iso6523Error::Shape),
            (json!({"Authority":"iso6523-actorid-upis","ID":"0192:974760673"}), Iso6523Error::Shape),
            (json!({"authority":"iso6523-actorid-upis","ID":974_760_673}), Iso6523Error::Shape),
            (json!("0192:974760673"), Iso6523Error::Shape),
            (json!({"authority":"iso6523","ID":"0192:974760673"}), Iso6523Error::Authority),
            (json!({"authority":"iso6523-actorid-upis","ID":"9908:974760673"}), Iso6523Error::Icd),
            (json!({"authority":"iso6523-actorid-upis","ID":"974760673"}), Iso6523Error::Icd),
            (
                json!({"authority":"iso6523-actorid-upis","ID":"0192:0192:9747"}),
                Iso6523Error::Number(OrgNoError::Format),
            ),
        ] {
            assert_eq!(Iso6523::from_value(&value), Err(error), "{value}");
        }
    }
}
