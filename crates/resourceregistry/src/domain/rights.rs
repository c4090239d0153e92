//! A policy taken apart: rules for reading, and the rights that can be passed on.

use super::policy::{Pair, alternatives};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use xacml::{ACTION, ACTION_ID, Effect, Policy, RESOURCE, SUBJECT};

/// Which further subjects make a right visible.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Rules for service owners.
    pub service_owners: bool,
    /// Rules that let an app delegate.
    pub apps: bool,
}

/// Titles of actions by language: bokmål, nynorsk, English.
const ACTIONS: [(&str, [&str; 3]); 9] = [
    ("read", ["Les", "Les", "Read"]),
    ("write", ["Skriv", "Skriv", "Write"]),
    ("complete", ["Fullfør", "Fullfør", "Complete"]),
    ("delete", ["Slett", "Slett", "Delete"]),
    ("confirm", ["Bekreft", "Stadfest", "Confirm"]),
    ("instantiate", ["Opprett", "Opprett", "Instantiate"]),
    ("sign", ["Signer", "Signer", "Sign"]),
    ("reject", ["Avvis", "Avvis", "Reject"]),
    ("subscribe", ["Abonner", "Abonner", "Subscribe"]),
];

fn pair_json((id, value): &Pair) -> Value {
    json!({ "type": id, "value": value })
}

/// One entry for each alternative of subject, resource and action of every rule.
pub fn rules(policy: &Policy) -> Vec<Value> {
    let mut flat = Vec::new();
    for rule in &policy.rules {
        for resource in alternatives(&rule.target, RESOURCE) {
            for action in alternatives(&rule.target, ACTION).flatten() {
                for subject in alternatives(&rule.target, SUBJECT) {
                    flat.push(json!({
                        "subject": subject.iter().map(pair_json).collect::<Vec<_>>(),
                        "action": pair_json(&action),
                        "resource": resource.iter().map(pair_json).collect::<Vec<_>>(),
                    }));
                }
            }
        }
    }
    flat
}

/// The rights of a policy, each once, named in the client's language.
pub fn rights(policy: &Policy, resource: &str, language: &str, wanted: Wanted) -> Vec<Value> {
    let mut known: Vec<(String, Value)> = Vec::new();
    for rule in policy.rules.iter().filter(|rule| rule.effect == Effect::Permit) {
        if !alternatives(&rule.target, SUBJECT).any(|subject| visible(&subject, wanted)) {
            continue;
        }
        for attributes in alternatives(&rule.target, RESOURCE) {
            let attributes = canonical(attributes, resource);
            for (id, action) in alternatives(&rule.target, ACTION).flatten() {
                let key = right_key(&attributes, &action);
                if id == ACTION_ID && !known.iter().any(|(other, _)| *other == key) {
                    let right = json!({
                        "key": key,
                        "name": name(&action, &attributes, language),
                        "resource": attributes.iter().map(pair_json).collect::<Vec<_>>(),
                        "action": { "type": id, "value": action },
                    });
                    known.push((key, right));
                }
            }
        }
    }
    known.into_iter().map(|(_, right)| right).collect()
}

fn visible(subject: &[Pair], wanted: Wanted) -> bool {
    let [(attribute, _)] = subject else { return false };
    match attribute.as_str() {
        "urn:altinn:rolecode"
        | "urn:altinn:external-role:ccr"
        | "urn:altinn:external-role:cra"
        | "urn:altinn:accesspackage" => true,
        "urn:altinn:org" => wanted.service_owners,
        "urn:altinn:resource:delegation" => wanted.apps,
        _ => false,
    }
}

/// Sorted by id; organisation and app become the registry id, the instance is left out.
fn canonical(mut attributes: Vec<Pair>, resource: &str) -> Vec<Pair> {
    attributes.retain(|(id, _)| {
        !matches!(id.as_str(), "urn:altinn:org" | "urn:altinn:app" | "urn:altinn:resource")
            && id != "urn:altinn:resource:instance-id"
    });
    attributes.push(("urn:altinn:resource".to_owned(), resource.to_owned()));
    attributes.sort_by_key(|(id, _)| id.to_lowercase());
    attributes
}

/// `01` and the SHA-256 of resource attributes and action (access-management.md §5).
fn right_key(resource: &[Pair], action: &str) -> String {
    let attributes: Vec<String> =
        resource.iter().map(|(id, value)| format!("{id}:{value}").to_lowercase()).collect();
    let digest = Sha256::digest(format!("{}:{ACTION_ID}:{action}", attributes.join(":")).as_bytes());
    digest.iter().fold("01".to_owned(), |mut key, byte| {
        _ = write!(key, "{byte:02x}");
        key
    })
}

/// WIRE: the language is the whole Accept-Language value; anything else than nn and en is bokmål (resource-registry.md §2).
fn name(action: &str, attributes: &[Pair], language: &str) -> String {
    let column = match language {
        "nn" => 1,
        "en" => 2,
        _ => 0,
    };
    let title =
        ACTIONS.iter().find(|(known, _)| *known == action).map_or(action, |(_, titles)| titles[column]);
    let mut letters = title.chars();
    let mut text: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    for (_, value) in attributes.iter().filter(|(id, _)| id != "urn:altinn:resource") {
        _ = write!(text, " ({value})");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::{Grant, write};

    #[test]
    fn rights_are_named_keyed_and_hidden_from_those_who_cannot_hold_them() {
        let grant = |subject: &str, action: &str| Grant {
            subjects: vec![subject.into()],
            actions: vec![action.into()],
        };
        let xml = write(
            "skd-x",
            &[grant("urn:altinn:rolecode:dagl", "read"), grant("urn:altinn:org:skd", "write")],
            3,
        );
        let policy = xacml::read_policy(&xml).unwrap();
        let shown = rights(&policy, "skd-x", "en", Wanted::default());
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0]["name"], "Read");
        // sha256("urn:altinn:resource:skd-x:urn:oasis:names:tc:xacml:1.0:action:action-id:read")
        assert_eq!(
            shown[0]["key"],
            "01".to_owned()
                + &Sha256::digest(
                    b"urn:altinn:resource:skd-x:urn:oasis:names:tc:xacml:1.0:action:action-id:read"
                )
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<Vec<_>>()
                .concat()
        );
        let all = rights(&policy, "skd-x", "nb", Wanted { service_owners: true, apps: false });
        assert_eq!(all.len(), 2);
        assert_eq!(rules(&policy).len(), 2);
    }
}
