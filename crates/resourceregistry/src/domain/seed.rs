//! The resources that the platform itself needs, and the reporting services of the main job.

use super::policy::{Grant, write};
use serde::Deserialize;
use serde_json::{Map, Value};

const SEED: &str = include_str!("../../seed/resources.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    resources: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    document: Map<String, Value>,
    grants: Vec<Rights>,
    level: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rights {
    subjects: Vec<String>,
    actions: Vec<String>,
}

/// The built-in resources in the form of population items: the document with its policy inline.
pub fn items() -> Result<Vec<Value>, serde_json::Error> {
    let file: File = serde_json::from_str(SEED)?;
    let item = |entry: Entry| {
        let id = entry.document.get("identifier").and_then(Value::as_str).unwrap_or_default().to_owned();
        let grants: Vec<Grant> =
            entry.grants.into_iter().map(|r| Grant { subjects: r.subjects, actions: r.actions }).collect();
        let mut document = entry.document;
        document.insert("policy".to_owned(), Value::String(write(&id, &grants, entry.level)));
        Value::Object(document)
    };
    Ok(file.resources.into_iter().map(item).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::Document;

    #[test]
    fn every_built_in_resource_is_valid_and_has_a_policy_of_its_own() {
        let items = items().unwrap();
        assert!(items.len() >= 9);
        for item in items {
            let document = Document::read(&item).unwrap();
            let errors = crate::domain::validation::validate(&document, true);
            assert!(errors.is_empty(), "{}: {errors:?}", document.identifier());
            crate::domain::policy::check(item["policy"].as_str().unwrap(), document.identifier()).unwrap();
        }
    }
}
