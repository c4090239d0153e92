//! JSON Patch (RFC 6902) of the update form of a dialog.

use super::output::{Members, Reader};
use crate::domain::language::Preference;
use crate::domain::model::Aggregate;
use crate::domain::names::ContentType;
use crate::error::Error;
use crate::time;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Most operations in one patch.
const MAX_OPERATIONS: usize = 1000;

/// The dialog in the form that an update sends, complete: what is absent is null.
pub fn target(aggregate: &Aggregate, now: Timestamp) -> Value {
    let d = &aggregate.dialog;
    let reader = Reader {
        languages: &Preference::default(),
        grants: None,
        end_user: false,
        current: None,
        now,
        mask: &|urn| urn.to_owned(),
    };
    let whole = reader.dialog(
        &Aggregate { dialog: d.clone(), transmissions: Vec::new(), activities: Vec::new() },
        &[],
        None,
    );
    let mut content = Map::new();
    for kind in ContentType::DIALOG {
        let value = whole.pointer(&format!("/content/{}", kind.member())).cloned().unwrap_or(Value::Null);
        content.insert(kind.member().to_owned(), value);
    }
    let mut out = Members::default().put("content", content);
    for name in ["progress", "extendedStatus", "externalReference", "process", "precedingProcess", "status"] {
        out = out.put(name, whole.get(name).cloned().unwrap_or(Value::Null));
    }
    for name in ["searchTags", "attachments", "guiActions", "apiActions", "transmissions", "activities"] {
        out = out.put(name, whole.get(name).cloned().unwrap_or_else(|| json!([])));
    }
    out.put("dueAt", d.due_at.map(time::text))
        .put("expiresAt", d.expires_at.map(time::text))
        .put("isApiOnly", d.api_only)
        .done()
}

/// Applies a patch document.
pub fn apply(mut target: Value, patch: &Value) -> Result<Value, Error> {
    let Some(operations) = patch.as_array() else {
        return Err(Error::PatchDocument("The patch document must be an array of operations.".to_owned()));
    };
    if operations.len() > MAX_OPERATIONS {
        return Err(Error::PatchDocument(format!("At most {MAX_OPERATIONS} operations are allowed.")));
    }
    for operation in operations {
        one(&mut target, operation)?;
    }
    if target
        .pointer("/content")
        .is_some_and(|c| c.as_object().is_some_and(|m| m.values().all(Value::is_null)))
    {
        target["content"] = Value::Null;
    }
    Ok(target)
}

fn one(target: &mut Value, operation: &Value) -> Result<(), Error> {
    let member = |name: &str| {
        let members = operation.as_object()?;
        members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let text = |name: &str| member(name).and_then(Value::as_str);
    let op = text("op").ok_or_else(|| Error::PatchDocument("An operation lacks 'op'.".to_owned()))?;
    let path = text("path").ok_or_else(|| Error::PatchDocument("An operation lacks 'path'.".to_owned()))?;
    let from = || text("from").ok_or_else(|| Error::PatchDocument(format!("Operation '{op}' lacks 'from'.")));
    let value = || member("value").cloned().unwrap_or(Value::Null);
    match op.to_ascii_lowercase().as_str() {
        "add" => put(target, path, value(), true),
        "replace" => put(target, path, value(), false),
        "remove" => take(target, path).map(drop),
        "move" => {
            let moved = take(target, from()?)?;
            put(target, path, moved, true)
        }
        "copy" => {
            let copied = find(target, from()?)?.clone();
            put(target, path, copied, true)
        }
        "test" => {
            let found = find(target, path)?;
            if *found == value() {
                Ok(())
            } else {
                Err(Error::Patch(format!(
                    "The current value at path '{path}' is not equal to the test value."
                )))
            }
        }
        other => Err(Error::PatchDocument(format!("Invalid JsonPatch operation '{other}'."))),
    }
}

fn missing(path: &str) -> Error {
    Error::Patch(format!("The target location specified by path '{path}' was not found."))
}

fn steps(path: &str) -> Result<Vec<String>, Error> {
    let rest = path.strip_prefix('/').ok_or_else(|| missing(path))?;
    Ok(rest.split('/').map(|s| s.replace("~1", "/").replace("~0", "~")).collect())
}

/// Name of a member as the object has it; segments match in any case.
fn key_of(members: &Map<String, Value>, step: &str) -> Option<String> {
    members.keys().find(|k| k.eq_ignore_ascii_case(step)).cloned()
}

fn down<'a>(at: &'a mut Value, step: &str, path: &str) -> Result<&'a mut Value, Error> {
    match at {
        Value::Object(members) => {
            let key = key_of(members, step).ok_or_else(|| missing(path))?;
            members.get_mut(&key).ok_or_else(|| missing(path))
        }
        Value::Array(items) => {
            let i: usize = step.parse().map_err(|_| missing(path))?;
            items.get_mut(i).ok_or_else(|| missing(path))
        }
        _ => Err(missing(path)),
    }
}

fn find<'a>(target: &'a mut Value, path: &str) -> Result<&'a mut Value, Error> {
    steps(path)?.iter().try_fold(target, |at, step| down(at, step, path))
}

fn parent<'a>(target: &'a mut Value, path: &str) -> Result<(&'a mut Value, String), Error> {
    let mut steps = steps(path)?;
    let last = steps.pop().ok_or_else(|| missing(path))?;
    let at = steps.iter().try_fold(target, |at, step| down(at, step, path))?;
    Ok((at, last))
}

fn put(target: &mut Value, path: &str, value: Value, insert: bool) -> Result<(), Error> {
    let (at, last) = parent(target, path)?;
    match at {
        Value::Object(members) => {
            // Optional members of nested objects are absent when they are null, so an unknown name is added.
            let key = key_of(members, &last).unwrap_or(last);
            members.insert(key, value);
            Ok(())
        }
        Value::Array(items) if insert && last == "-" => {
            items.push(value);
            Ok(())
        }
        Value::Array(items) => {
            let i: usize = last.parse().map_err(|_| missing(path))?;
            if insert && i <= items.len() {
                items.insert(i, value);
            } else if let Some(item) = items.get_mut(i) {
                *item = value;
            } else {
                return Err(missing(path));
            }
            Ok(())
        }
        _ => Err(missing(path)),
    }
}

fn take(target: &mut Value, path: &str) -> Result<Value, Error> {
    let (at, last) = parent(target, path)?;
    match at {
        Value::Object(members) => {
            let key = key_of(members, &last).ok_or_else(|| missing(path))?;
            // WIRE: dialogporten §6.3, a removed scalar is null and a removed list is empty.
            Ok(members.insert(key, Value::Null).unwrap_or(Value::Null))
        }
        Value::Array(items) => {
            let i = if last == "-" { items.len().checked_sub(1) } else { last.parse().ok() };
            i.filter(|i| *i < items.len()).map(|i| items.remove(i)).ok_or_else(|| missing(path))
        }
        _ => Err(missing(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc() -> Value {
        json!({"progress": null, "searchTags": [{"value": "abc"}], "attachments": [{"urls": [{"url": "https://a.no"}]}]})
    }

    #[test]
    fn operations_address_members_in_any_case_and_items_by_number() {
        let patch = json!([
            {"op": "replace", "path": "/Progress", "value": 10, "operationType": "x", "from": null},
            {"op": "add", "path": "/searchTags/-", "value": {"value": "def"}},
            {"op": "replace", "path": "/attachments/0/urls/0/url", "value": "https://b.no"},
        ]);
        let out = apply(doc(), &patch).unwrap();
        assert_eq!(out["progress"], 10);
        assert_eq!(out["searchTags"][1]["value"], "def");
        assert_eq!(out["attachments"][0]["urls"][0]["url"], "https://b.no");
    }

    #[test]
    fn removal_leaves_null_and_a_failed_test_is_refused() {
        let out = apply(doc(), &json!([{"op": "remove", "path": "/searchTags"}])).unwrap();
        assert_eq!(out["searchTags"], Value::Null);
        assert!(matches!(
            apply(doc(), &json!([{"op": "test", "path": "/searchTags/0/value", "value": "x"}])),
            Err(Error::Patch(_))
        ));
    }

    #[test]
    fn bad_paths_and_documents_are_told_apart() {
        assert!(matches!(
            apply(doc(), &json!([{"op": "replace", "path": "/nope/x", "value": 1}])),
            Err(Error::Patch(_))
        ));
        assert!(matches!(
            apply(doc(), &json!([{"op": "replace", "path": "/searchTags/7/value", "value": 1}])),
            Err(Error::Patch(_))
        ));
        assert!(matches!(apply(doc(), &json!({})), Err(Error::PatchDocument(_))));
    }
}
