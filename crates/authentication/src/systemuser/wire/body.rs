//! Request bodies are read like the framework of the real service reads them: member names in any case, unknown members
//! ignored, null lists as empty ones.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::{Map, Value};

/// Members whose own members are languages, kept in their case.
const TEXT_MAPS: [&str; 2] = ["name", "description"];

/// Reads a body into a type whose member names are all lower case.
pub(crate) fn read<T: DeserializeOwned>(body: &Value) -> Result<T, (String, String)> {
    T::deserialize(lower(body)).map_err(|error| {
        let text = error.to_string();
        let member =
            text.split('`').nth(1).filter(|_| text.starts_with("missing field")).unwrap_or("$").to_owned();
        let reason = if member == "$" { text } else { format!("The {member} field is required.") };
        (member, reason)
    })
}

/// The same with blanks around every text cut off.
pub(crate) fn read_trimmed<T: DeserializeOwned>(body: &Value) -> Result<T, (String, String)> {
    read(&trimmed(body))
}

fn lower(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let name = name.to_ascii_lowercase();
                let value = if TEXT_MAPS.contains(&name.as_str()) { value.clone() } else { lower(value) };
                (name, value)
            };
            Value::Object(members.iter().map(member).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(lower).collect()),
        other => other.clone(),
    }
}

fn trimmed(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, value)| (name.clone(), trimmed(value))).collect::<Map<_, _>>(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(trimmed).collect()),
        Value::String(text) => Value::String(text.trim().to_owned()),
        other => other.clone(),
    }
}

/// `null` as the empty value.
pub(super) fn null_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// The submitted body as the change log keeps it: member names begin with a capital.
pub(crate) fn capitalised(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let is_text_map = TEXT_MAPS.contains(&name.to_ascii_lowercase().as_str());
                let mut letters = name.chars();
                let name: String =
                    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
                (name, if is_text_map { value.clone() } else { capitalised(value) })
            };
            Value::Object(members.iter().map(member).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(capitalised).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systemuser::wire::register::RegisterSystemRequest;
    use serde_json::json;

    #[test]
    fn member_names_in_any_case_and_null_lists() {
        let body = json!({
            "Id": " 310000001_x ", "VENDOR": {"id": "0192:310000001"}, "Name": {"nb": "Navn"},
            "description": {"nb": "Tekst"}, "Rights": null, "ClientId": ["c"], "extra": 1,
        });
        let read: RegisterSystemRequest = read_trimmed(&body).unwrap();
        assert_eq!((read.id.as_str(), read.vendor.id.as_str()), ("310000001_x", "0192:310000001"));
        assert_eq!((read.rights.len(), read.client_ids.len(), read.visible), (0, 1, true));
        assert_eq!(read.name["nb"], "Navn");
    }

    #[test]
    fn a_missing_member_is_named() {
        let error = read::<RegisterSystemRequest>(&json!({"id": "x"})).unwrap_err();
        assert_eq!(error, ("vendor".to_owned(), "The vendor field is required.".to_owned()));
    }

    #[test]
    fn the_change_log_has_capitals() {
        let body =
            json!({"clientId": ["c"], "name": {"nb": "Navn"}, "rights": [{"resource": [{"id": "a"}]}]});
        let kept =
            json!({"ClientId": ["c"], "Name": {"nb": "Navn"}, "Rights": [{"Resource": [{"Id": "a"}]}]});
        assert_eq!(capitalised(&body), kept);
    }
}
