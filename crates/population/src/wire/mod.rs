//! The document `allting-population/1`: strict reading, one item a line when written.

use ports::population::{ImportError, Registers};
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// Value of `format`.
pub const FORMAT: &str = "allting-population/1";

/// Members of the format beside those of the register, in the order in which they are written.
pub const OTHER_MEMBERS: [&str; 20] = [
    "rightholders",
    "delegations",
    "clientDelegations",
    "serviceOwners",
    "scopes",
    "maskinportenClients",
    "idportenClients",
    "systems",
    "systemUsers",
    "systemUserRequests",
    "enterpriseUsers",
    "consents",
    "dialogs",
    "profiles",
    "resources",
    "accessLists",
    "apps",
    "notificationAddresses",
    "userAddresses",
    "favourites",
];

/// A population document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// Persons, organisations, self-identified users and roles.
    pub registers: Registers,
    /// Items of the other members, by member.
    pub other: BTreeMap<String, Vec<Value>>,
}

impl Document {
    /// Reads a document. The error names the JSON pointer of what is wrong.
    pub fn parse(text: &[u8]) -> Result<Self, ImportError> {
        let text = std::str::from_utf8(text).map_err(|error| ImportError::new("", error.to_string()))?;
        let mut input = serde_json::Deserializer::from_str(text);
        let members = input
            .deserialize_map(Members)
            .and_then(|members| input.end().map(|()| members))
            .map_err(whole)?;
        let mut document = Self::default();
        let mut format = None;
        for (name, raw) in members {
            let registers = &mut document.registers;
            match name.as_str() {
                "format" => format = Some(typed::<String>("/format", raw)?),
                "persons" => registers.persons = items(&name, raw)?,
                "organisations" => registers.organisations = items(&name, raw)?,
                "selfIdentified" => registers.self_identified = items(&name, raw)?,
                "roles" => registers.roles = items(&name, raw)?,
                other if OTHER_MEMBERS.contains(&other) => {
                    let items = items::<serde_json::Map<String, Value>>(&name, raw)?;
                    // An empty list says nothing, and is not written either.
                    if !items.is_empty() {
                        document.other.insert(name, items.into_iter().map(Value::Object).collect());
                    }
                }
                _ => return Err(ImportError::new(format!("/{}", escape(&name)), "unknown member")),
            }
        }
        match format {
            Some(format) if format == FORMAT => Ok(document),
            Some(_) => Err(ImportError::new("/format", format!("must be \"{FORMAT}\""))),
            None => {
                Err(ImportError::new("", format!("member \"format\" is missing; it must be \"{FORMAT}\"")))
            }
        }
    }

    /// The document as text, one item a line, so that two of them can be compared line by line.
    pub fn to_json(&self) -> String {
        let mut out = format!("{{\n\"format\": \"{FORMAT}\"");
        let registers = &self.registers;
        member(&mut out, "persons", &registers.persons);
        member(&mut out, "organisations", &registers.organisations);
        member(&mut out, "selfIdentified", &registers.self_identified);
        member(&mut out, "roles", &registers.roles);
        for name in OTHER_MEMBERS {
            member(&mut out, name, self.other.get(name).map(Vec::as_slice).unwrap_or_default());
        }
        out.push_str("\n}\n");
        out
    }
}

fn member<T: serde::Serialize>(out: &mut String, name: &str, items: &[T]) {
    if items.is_empty() {
        return;
    }
    out.push_str(",\n\"");
    out.push_str(name);
    out.push_str("\": [\n");
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(",\n");
        }
        // None of the types has a map with keys that are not text, the only thing that cannot be written.
        out.push_str(&serde_json::to_string(item).unwrap_or_default());
    }
    out.push_str("\n]");
}

/// Members in the order of the file; a member that occurs twice is an error.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Self::Value = Vec::new();
        while let Some((name, raw)) = map.next_entry::<String, &RawValue>()? {
            if members.iter().any(|(seen, _)| *seen == name) {
                return Err(serde::de::Error::custom(format!("member \"{name}\" occurs twice")));
            }
            members.push((name, raw));
        }
        Ok(members)
    }
}

fn items<T: DeserializeOwned>(member: &str, raw: &RawValue) -> Result<Vec<T>, ImportError> {
    let list: Vec<&RawValue> = serde_json::from_str(raw.get())
        .map_err(|_| ImportError::new(format!("/{member}"), "must be an array of objects"))?;
    list.iter().enumerate().map(|(at, item)| typed(&format!("/{member}/{at}"), item)).collect()
}

fn typed<T: DeserializeOwned>(pointer: &str, raw: &RawValue) -> Result<T, ImportError> {
    let mut input = serde_json::Deserializer::from_str(raw.get());
    serde_path_to_error::deserialize(&mut input).map_err(|error| {
        let mut pointer = pointer.to_owned();
        for segment in error.path() {
            let step = match segment {
                serde_path_to_error::Segment::Seq { index } => index.to_string(),
                serde_path_to_error::Segment::Map { key } => escape(key),
                serde_path_to_error::Segment::Enum { variant } => variant.clone(),
                serde_path_to_error::Segment::Unknown => continue,
            };
            pointer.push('/');
            pointer.push_str(&step);
        }
        ImportError::new(pointer, reason(error.inner()))
    })
}

/// The parser's words without the line and column, which count from the item and not from the file.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

fn whole(error: serde_json::Error) -> ImportError {
    ImportError::new("", error.to_string())
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// Found by fuzzing: it was read as something and written as nothing.
    #[test]
    fn an_empty_list_says_nothing() {
        let document = Document::parse(br#"{"format": "allting-population/1", "systems": []}"#).unwrap();
        assert_eq!(document, Document::default());
    }

    #[rstest]
    #[case::no_format(r#"{"persons": []}"#, "", "format")]
    #[case::other_format(r#"{"format": "allting-population/2"}"#, "/format", "must be")]
    #[case::unknown_member(
        r#"{"format": "allting-population/1", "people": []}"#,
        "/people",
        "unknown member"
    )]
    #[case::member_twice(
        r#"{"format": "allting-population/1", "roles": [], "roles": []}"#,
        "",
        "occurs twice"
    )]
    #[case::no_array(r#"{"format": "allting-population/1", "persons": {}}"#, "/persons", "array")]
    #[case::unknown_field(
        r#"{"format": "allting-population/1", "persons": [{"pid": "12837122463"}, {"pid": "27898031131", "nick": "x"}]}"#,
        "/persons/1/nick",
        "unknown field"
    )]
    #[case::unknown_inner_field(
        r#"{"format": "allting-population/1", "persons": [{"pid": "12837122463", "address": {"planet": "x"}}]}"#,
        "/persons/0/address/planet",
        "unknown field"
    )]
    #[case::wrong_type(
        r#"{"format": "allting-population/1", "organisations": [{"orgNo": 1}]}"#,
        "/organisations/0/orgNo",
        "expected a string"
    )]
    #[case::missing_field(
        r#"{"format": "allting-population/1", "roles": [{"from": "x", "to": "y"}]}"#,
        "/roles/0",
        "missing field `role`"
    )]
    #[case::not_an_object(
        r#"{"format": "allting-population/1", "scopes": ["a"]}"#,
        "/scopes/0",
        "expected a map"
    )]
    #[case::no_json("{", "", "EOF")]
    #[case::tail(r#"{"format": "allting-population/1"} x"#, "", "trailing")]
    fn refusals_name_place_and_reason(#[case] text: &str, #[case] pointer: &str, #[case] reason: &str) {
        let error = Document::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.pointer, pointer, "{error}");
        assert!(error.reason.contains(reason), "{error}");
        assert!(pointer.is_empty() || !error.reason.contains(" line "), "{error}");
    }

    #[test]
    fn invalid_utf8_is_refused() {
        assert!(Document::parse(b"{\"format\": \"\xff\"}").is_err());
    }

    #[test]
    fn the_schema_knows_every_member_and_admits_what_is_generated() {
        let schema: Value =
            serde_json::from_str(include_str!("../../../../openapi/population.schema.json")).unwrap();
        let members = schema["properties"].as_object().unwrap();
        for member in OTHER_MEMBERS.iter().chain(&Registers::MEMBERS) {
            assert!(members.contains_key(*member), "{member}");
        }
        assert_eq!(members.len(), OTHER_MEMBERS.len() + Registers::MEMBERS.len() + 1);
        let schema = jsonschema::validator_for(&schema).unwrap();
        let options = crate::Options { persons: 300, organisations: 100, ..crate::Options::default() };
        let mut document: Value = serde_json::from_str(&crate::generate(&options).to_json()).unwrap();
        let errors: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
        document["persons"][0]["nick"] = "x".into();
        assert!(!schema.is_valid(&document));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let options = crate::Options { persons: 60, organisations: 30, ..crate::Options::default() };
        let document = crate::generate(&options);
        assert_eq!(Document::parse(document.to_json().as_bytes()), Ok(document));
    }
}
