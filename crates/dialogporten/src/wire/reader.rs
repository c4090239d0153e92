//! Reads members of a JSON object: names in any case, wrong types refused with the path.

use crate::time;
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A body that is not what the operation takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// Path without `$.`; `serializerErrors` at the root.
    pub path: String,
    /// Why.
    pub message: String,
}

/// A JSON object and where it stands.
#[derive(Debug, Clone)]
pub struct Obj<'a> {
    members: &'a Map<String, Value>,
    path: String,
}

type Read<T> = Result<T, JsonError>;

/// Parses a whole body.
pub fn body(bytes: &[u8]) -> Read<Value> {
    serde_json::from_slice(bytes).map_err(|error| JsonError {
        path: "serializerErrors".to_owned(),
        message: format!(
            "The body is not valid JSON. LineNumber: {} | BytePositionInLine: {}.",
            error.line().saturating_sub(1),
            error.column()
        ),
    })
}

impl<'a> Obj<'a> {
    /// The root object.
    pub fn root(value: &'a Value) -> Read<Self> {
        Self::of(value, String::new())
    }

    fn of(value: &'a Value, path: String) -> Read<Self> {
        match value {
            Value::Object(members) => Ok(Self { members, path }),
            _ => Err(wrong(&path, "an object")),
        }
    }

    /// Path of a member, for refusals.
    pub fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn given(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).or_else(|| {
            self.members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        })
    }

    /// The member, unless absent or null.
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        self.given(name).filter(|value| !value.is_null())
    }

    /// Text.
    pub fn text(&self, name: &str) -> Read<Option<String>> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(wrong(&self.path(name), "a string")),
        }
    }

    /// Text that must be there at the level of JSON already.
    pub fn required_text(&self, name: &str) -> Read<String> {
        self.text(name)?.ok_or_else(|| JsonError {
            path: self.path(name),
            message: format!("The JSON object lacks the required member '{name}'."),
        })
    }

    /// Identifier.
    pub fn uuid(&self, name: &str) -> Read<Option<Uuid>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        Uuid::try_parse(&text).map(Some).map_err(|_| wrong(&self.path(name), "a UUID"))
    }

    /// Time with an offset.
    pub fn time(&self, name: &str) -> Read<Option<Timestamp>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        time::parse(&text).map(Some).ok_or_else(|| JsonError {
            path: self.path(name),
            message: format!(
                "'{text}' could not be read as a time. An explicit offset postfix is expected: 'Z' or '±hh:mm'."
            ),
        })
    }

    /// Whole number of 32 bits.
    pub fn int(&self, name: &str) -> Read<Option<i64>> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => value
                .as_i64()
                .filter(|n| i32::try_from(*n).is_ok())
                .map(Some)
                .ok_or_else(|| wrong(&self.path(name), "a 32-bit integer")),
        }
    }

    /// Yes or no; absent is no, null is refused.
    pub fn flag(&self, name: &str) -> Read<bool> {
        match self.given(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(wrong(&self.path(name), "a boolean")),
        }
    }

    /// One of a closed list, by name or number.
    pub fn name<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        from_code: impl Fn(i64) -> Option<T>,
    ) -> Read<Option<T>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let found = match value {
            Value::String(text) => parse(text),
            Value::Number(number) => number.as_i64().and_then(from_code),
            _ => None,
        };
        found.map(Some).ok_or_else(|| wrong(&self.path(name), "one of the allowed values"))
    }

    /// An object within.
    pub fn object(&self, name: &str) -> Read<Option<Obj<'a>>> {
        self.value(name).map(|value| Obj::of(value, self.path(name))).transpose()
    }

    /// A list, empty when absent or null.
    pub fn values(&self, name: &str) -> Read<&'a [Value]> {
        match self.value(name) {
            None => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(wrong(&self.path(name), "an array")),
        }
    }

    /// A list of objects.
    pub fn objects(&self, name: &str) -> Read<Vec<Obj<'a>>> {
        let items = self.values(name)?;
        items.iter().enumerate().map(|(i, item)| Obj::of(item, self.path(&format!("{name}[{i}]")))).collect()
    }
}

/// "could not be converted" at a path.
pub fn wrong(path: &str, kind: &str) -> JsonError {
    JsonError {
        path: if path.is_empty() { "serializerErrors".to_owned() } else { path.to_owned() },
        message: format!("The JSON value could not be converted to {kind}. Path: $.{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_taken_in_any_case() {
        let value = json!({"TITLE": "x", "isApiOnly": true});
        let obj = Obj::root(&value).unwrap();
        assert_eq!(obj.text("title").unwrap().as_deref(), Some("x"));
        assert!(obj.flag("isapionly").unwrap());
    }

    #[test]
    fn wrong_types_name_their_path() {
        let value = json!({"attachments": [{"urls": [{"id": "x"}]}]});
        let attachment = Obj::root(&value).unwrap().objects("attachments").unwrap().remove(0);
        let url = attachment.objects("urls").unwrap().remove(0);
        assert_eq!(url.uuid("id").unwrap_err().path, "attachments[0].urls[0].id");
    }

    #[test]
    fn a_body_that_is_not_an_object_fails_at_the_root() {
        assert_eq!(Obj::root(&json!([])).unwrap_err().path, "serializerErrors");
        assert_eq!(body(b"{").unwrap_err().path, "serializerErrors");
    }
}
