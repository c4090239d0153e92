//! Reads a resource document into its wire form: known members only, in order, names and enum words in their own case.

use serde_json::{Map, Value};

/// What a member holds.
enum Kind {
    Text,
    /// Language to text.
    Texts,
    /// List of texts.
    TextList,
    Flag,
    Word(&'static [&'static str]),
    WordList(&'static [&'static str]),
    Object(&'static [(&'static str, Kind)]),
    ObjectList(&'static [(&'static str, Kind)]),
    /// Key to `{optional}`.
    ConsentMetadata,
}

/// Words of `resourceType`.
pub const RESOURCE_TYPES: &[&str] = &[
    "Default",
    "Systemresource",
    "MaskinportenSchema",
    "Altinn2Service",
    "AltinnApp",
    "GenericAccessResource",
    "BrokerService",
    "CorrespondenceService",
    "Consent",
    "MigratedApp",
];

const MEMBERS: &[(&str, Kind)] = &[
    ("identifier", Kind::Text),
    ("version", Kind::Text),
    ("title", Kind::Texts),
    ("description", Kind::Texts),
    ("rightDescription", Kind::Texts),
    ("homepage", Kind::Text),
    ("status", Kind::Text),
    ("spatial", Kind::TextList),
    (
        "contactPoints",
        Kind::ObjectList(&[
            ("category", Kind::Text),
            ("email", Kind::Text),
            ("telephone", Kind::Text),
            ("contactPage", Kind::Text),
        ]),
    ),
    ("produces", Kind::TextList),
    ("isPartOf", Kind::Text),
    ("thematicAreas", Kind::TextList),
    (
        "resourceReferences",
        Kind::ObjectList(&[
            (
                "referenceSource",
                Kind::Word(&["Default", "Altinn1", "Altinn2", "Altinn3", "ExternalPlatform"]),
            ),
            ("reference", Kind::Text),
            (
                "referenceType",
                Kind::Word(&[
                    "Default",
                    "Uri",
                    "DelegationSchemeId",
                    "MaskinportenScope",
                    "ServiceCode",
                    "ServiceEditionCode",
                    "ApplicationId",
                    "ServiceEditionVersion",
                ]),
            ),
        ]),
    ),
    ("delegable", Kind::Flag),
    ("visible", Kind::Flag),
    (
        "hasCompetentAuthority",
        Kind::Object(&[("name", Kind::Texts), ("organization", Kind::Text), ("orgcode", Kind::Text)]),
    ),
    ("keywords", Kind::ObjectList(&[("word", Kind::Text), ("language", Kind::Text)])),
    ("accessListMode", Kind::Word(&["Disabled", "Enabled"])),
    ("selfIdentifiedUserEnabled", Kind::Flag),
    ("enterpriseUserEnabled", Kind::Flag),
    ("resourceType", Kind::Word(RESOURCE_TYPES)),
    (
        "availableForType",
        Kind::WordList(&[
            "PrivatePerson",
            "LegalEntityEnterprise",
            "Company",
            "BankruptcyEstate",
            "SelfRegisteredUser",
        ]),
    ),
    ("consentTemplate", Kind::Text),
    ("consentText", Kind::Texts),
    ("consentMetadata", Kind::ConsentMetadata),
    ("isOneTimeConsent", Kind::Flag),
];

/// A member of the wrong type: its JSON path and what was wanted.
pub type Fault = (String, String);

/// The document with known members only; nulls are left out.
pub fn read(document: &Value) -> Result<Map<String, Value>, Fault> {
    let object = document.as_object().ok_or_else(|| fault("$", "an object"))?;
    members(object, MEMBERS, "$")
}

/// Names of members that this model does not know, `authorizationReference` and `versionId` excepted since clients send
/// back what they got.
pub fn unknown_members(document: &Map<String, Value>) -> impl Iterator<Item = &String> {
    document.keys().filter(|name| {
        let known = MEMBERS.iter().map(|(member, _)| *member).chain(["authorizationReference", "versionId"]);
        !known.into_iter().any(|member| member.eq_ignore_ascii_case(name))
    })
}

fn fault(path: &str, wanted: &str) -> Fault {
    (path.to_owned(), format!("The JSON value could not be converted: {wanted} was expected. Path: {path}."))
}

fn members(
    object: &Map<String, Value>,
    kinds: &[(&str, Kind)],
    path: &str,
) -> Result<Map<String, Value>, Fault> {
    let mut read = Map::new();
    for (name, kind) in kinds {
        let found = object.get(*name).or_else(|| {
            object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        });
        let Some(value) = found.filter(|value| !value.is_null()) else { continue };
        read.insert((*name).to_owned(), member(value, kind, &format!("{path}.{name}"))?);
    }
    Ok(read)
}

fn member(value: &Value, kind: &Kind, path: &str) -> Result<Value, Fault> {
    match kind {
        Kind::Text => value.is_string().then(|| value.clone()).ok_or_else(|| fault(path, "a string")),
        Kind::Flag => value.is_boolean().then(|| value.clone()).ok_or_else(|| fault(path, "true or false")),
        Kind::Word(words) => word(value, words, path),
        Kind::WordList(words) => list(value, path, |item, path| word(item, words, path)),
        Kind::TextList => list(value, path, |item, path| member(item, &Kind::Text, path)),
        Kind::Object(kinds) => {
            let object = value.as_object().ok_or_else(|| fault(path, "an object"))?;
            Ok(Value::Object(members(object, kinds, path)?))
        }
        Kind::ObjectList(kinds) => list(value, path, |item, path| {
            let object = item.as_object().ok_or_else(|| fault(path, "an object"))?;
            Ok(Value::Object(members(object, kinds, path)?))
        }),
        Kind::Texts => {
            let object = value.as_object().ok_or_else(|| fault(path, "an object of texts"))?;
            let mut texts = Map::new();
            for (language, text) in object.iter().filter(|(_, text)| !text.is_null()) {
                texts.insert(language.clone(), member(text, &Kind::Text, &format!("{path}.{language}"))?);
            }
            Ok(Value::Object(texts))
        }
        Kind::ConsentMetadata => {
            let object = value.as_object().ok_or_else(|| fault(path, "an object"))?;
            let mut keys = Map::new();
            for (key, settings) in object {
                let path = format!("{path}.{key}");
                let settings = settings.as_object().ok_or_else(|| fault(&path, "an object"))?;
                let settings = members(settings, &[("optional", Kind::Flag)], &path)?;
                keys.insert(key.to_lowercase(), Value::Object(settings));
            }
            Ok(Value::Object(keys))
        }
    }
}

fn list(
    value: &Value,
    path: &str,
    read: impl Fn(&Value, &str) -> Result<Value, Fault>,
) -> Result<Value, Fault> {
    let items = value.as_array().ok_or_else(|| fault(path, "a list"))?;
    items.iter().enumerate().map(|(at, item)| read(item, &format!("{path}[{at}]"))).collect()
}

fn word(value: &Value, words: &[&str], path: &str) -> Result<Value, Fault> {
    let text = value.as_str().ok_or_else(|| fault(path, "one of its words"))?;
    let known = words.iter().find(|word| word.eq_ignore_ascii_case(text));
    known.map(|word| Value::from(*word)).ok_or_else(|| fault(path, &format!("one of {}", words.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_and_words_are_read_in_any_case_and_nulls_are_dropped() {
        let read = read(&json!({
            "RESOURCETYPE": "genericaccessresource", "Identifier": "abcd", "homepage": null, "other": 1,
            "resourceReferences": [{"ReferenceType": "uri", "reference": "x"}],
        }))
        .unwrap();
        assert_eq!(
            Value::Object(read),
            json!({"identifier": "abcd", "resourceReferences": [{"reference": "x", "referenceType": "Uri"}],
                "resourceType": "GenericAccessResource"})
        );
    }

    #[test]
    fn a_wrong_type_is_told_with_its_path() {
        let (path, _) = read(&json!({"contactPoints": [{}, {"email": 1}]})).unwrap_err();
        assert_eq!(path, "$.contactPoints[1].email");
        assert_eq!(read(&json!({"title": "x"})).unwrap_err().0, "$.title");
        assert_eq!(read(&json!({"resourceType": "Toaster"})).unwrap_err().0, "$.resourceType");
    }
}
