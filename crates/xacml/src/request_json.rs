//! Reads a request in the JSON profile.

use crate::dom::ReadError;
use crate::request::{ACTION, Attribute, Category, ENVIRONMENT, RESOURCE, Request, SUBJECT};
use crate::value::DataType;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Which reading of the JSON profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The standard's: typed JSON values, arrays of values, every category.
    Standard,
    /// The platform's (authorization.md §2): names in any case, three data types, four categories.
    Platform,
}

/// Most attributes of one request.
const MAX_ATTRIBUTES: usize = 10_000;

/// Reads a request. Names match whatever their case, since clients write both.
pub fn read_request_json(document: &Value, profile: Profile) -> Result<Request, ReadError> {
    let outer = object(document, "the document")?;
    let root =
        object(get(outer, "Request").ok_or_else(|| ReadError::new("there is no Request"))?, "Request")?;
    let mut request = Request {
        return_policy_ids: flag(root, "ReturnPolicyIdList")?,
        combined_decision: flag(root, "CombinedDecision")?,
        ..Request::default()
    };
    let mut named: Vec<(&str, Option<&'static str>)> = vec![
        ("AccessSubject", Some(SUBJECT)),
        ("Action", Some(ACTION)),
        ("Resource", Some(RESOURCE)),
        ("Category", None),
    ];
    if profile == Profile::Standard {
        named.extend([
            ("Environment", Some(ENVIRONMENT)),
            ("RecipientSubject", Some("urn:oasis:names:tc:xacml:1.0:subject-category:recipient-subject")),
            (
                "IntermediarySubject",
                Some("urn:oasis:names:tc:xacml:1.0:subject-category:intermediary-subject"),
            ),
            ("Codebase", Some("urn:oasis:names:tc:xacml:1.0:subject-category:codebase")),
            ("RequestingMachine", Some("urn:oasis:names:tc:xacml:1.0:subject-category:requesting-machine")),
        ]);
    }
    let mut count = 0;
    for (name, default) in named {
        read_categories(root, name, default, profile, &mut count, &mut request.categories)?;
    }
    if let Some(multi) = get(root, "MultiRequests").filter(|value| !value.is_null()) {
        let references = get(object(multi, "MultiRequests")?, "RequestReference");
        for reference in references.map_or(Ok(&[][..]), |value| list(value, "RequestReference"))? {
            let ids = get(object(reference, "RequestReference")?, "ReferenceId")
                .ok_or_else(|| ReadError::new("RequestReference lacks ReferenceId"))?;
            let ids = list(ids, "ReferenceId")?.iter().map(|id| text(id, "ReferenceId"));
            request.multi.push(ids.collect::<Result<_, _>>()?);
        }
    }
    Ok(request)
}

fn read_categories(
    root: &Map<String, Value>,
    name: &str,
    default: Option<&'static str>,
    profile: Profile,
    count: &mut usize,
    categories: &mut Vec<Category>,
) -> Result<(), ReadError> {
    let Some(entries) = get(root, name).filter(|value| !value.is_null()) else { return Ok(()) };
    let entries = match entries {
        Value::Object(_) if profile == Profile::Standard => std::slice::from_ref(entries),
        other => list(other, name)?,
    };
    let mut inherited: Option<Cow<'static, str>> = default.map(Cow::Borrowed);
    for entry in entries {
        let entry = object(entry, name)?;
        // WIRE: an explicit id holds for the following entries of the list too (authorization.md §2).
        if let Some(explicit) = optional_text(entry, "CategoryId")? {
            inherited = Some(explicit.into());
        }
        let category = inherited.clone().ok_or_else(|| ReadError::new(format!("{name} lacks CategoryId")))?;
        let mut read = Category::new(category);
        read.id = optional_text(entry, "Id")?;
        let attributes = get(entry, "Attribute").filter(|value| !value.is_null());
        let attributes = match attributes {
            None => &[][..],
            Some(single @ Value::Object(_)) if profile == Profile::Standard => std::slice::from_ref(single),
            Some(several) => list(several, "Attribute")?,
        };
        *count += attributes.len();
        if *count > MAX_ATTRIBUTES {
            return Err(ReadError::new("too many attributes"));
        }
        for attribute in attributes {
            push_attribute(&mut read, read_attribute(object(attribute, "Attribute")?, profile)?, profile);
        }
        categories.push(read);
    }
    Ok(())
}

fn push_attribute(category: &mut Category, attribute: Attribute, profile: Profile) {
    // WIRE: repeated ids are one attribute of several values; the first IncludeInResult wins (authorization.md §2).
    let same = |known: &&mut Attribute| profile == Profile::Platform && known.id == attribute.id;
    match category.attributes.iter_mut().find(same) {
        Some(known) => known.values.extend(attribute.values),
        None => category.attributes.push(attribute),
    }
}

fn read_attribute(entry: &Map<String, Value>, profile: Profile) -> Result<Attribute, ReadError> {
    let id =
        optional_text(entry, "AttributeId")?.ok_or_else(|| ReadError::new("Attribute lacks AttributeId"))?;
    let declared = optional_text(entry, "DataType")?.filter(|name| !name.is_empty());
    let declared = declared.map(|name| data_type(&name, profile)).transpose()?;
    let value = get(entry, "Value").filter(|value| !value.is_null());
    let values = match (value, profile) {
        (None, _) => return Err(ReadError::new(format!("attribute {id} lacks Value"))),
        (Some(Value::Array(several)), Profile::Standard) => {
            several.iter().map(|value| typed(value, declared.as_ref())).collect::<Result<Vec<_>, _>>()?
        }
        (Some(single), Profile::Standard) => vec![typed(single, declared.as_ref())?],
        (Some(single), Profile::Platform) => {
            let text = match single {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return Err(ReadError::new(format!("attribute {id} is not a string"))),
            };
            vec![(declared.unwrap_or(DataType::String), text)]
        }
    };
    Ok(Attribute {
        id: id.into(),
        issuer: optional_text(entry, "Issuer")?,
        include_in_result: flag(entry, "IncludeInResult")?,
        values,
    })
}

fn data_type(name: &str, profile: Profile) -> Result<DataType, ReadError> {
    match profile {
        Profile::Standard => Ok(DataType::from_short_name(name).unwrap_or_else(|| DataType::from_uri(name))),
        Profile::Platform => match name {
            "string" | "http://www.w3.org/2001/XMLSchema#string" => Ok(DataType::String),
            "anyURI" | "http://www.w3.org/2001/XMLSchema#anyURI" => Ok(DataType::AnyUri),
            "http://www.w3.org/2001/XMLSchema#integer" => Ok(DataType::Integer),
            other => Err(ReadError::new(format!("data type {other} is not read"))),
        },
    }
}

fn typed(value: &Value, declared: Option<&DataType>) -> Result<(DataType, String), ReadError> {
    let (natural, text) = match value {
        Value::String(text) => (DataType::String, text.clone()),
        Value::Bool(value) => (DataType::Boolean, value.to_string()),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            (DataType::Integer, number.to_string())
        }
        Value::Number(number) => (DataType::Double, number.to_string()),
        _ => return Err(ReadError::new("a value is neither text, number nor boolean")),
    };
    Ok((declared.cloned().unwrap_or(natural), text))
}

fn get<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    map.get(name)
        .or_else(|| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, ReadError> {
    value.as_object().ok_or_else(|| ReadError::new(format!("{name} is not an object")))
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value], ReadError> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| ReadError::new(format!("{name} is not a list")))
}

fn text(value: &Value, name: &str) -> Result<String, ReadError> {
    value.as_str().map(str::to_owned).ok_or_else(|| ReadError::new(format!("{name} is not a string")))
}

fn optional_text(map: &Map<String, Value>, name: &str) -> Result<Option<String>, ReadError> {
    get(map, name).filter(|value| !value.is_null()).map(|value| text(value, name)).transpose()
}

fn flag(map: &Map<String, Value>, name: &str) -> Result<bool, ReadError> {
    match get(map, name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(ReadError::new(format!("{name} is not true or false"))),
    }
}
