//! Rights that a resource's policy consists of: one per resource alternative and action (access-management §5).

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use xacml::{Effect, Match, Policy, Rule};

const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
const ACTION_ID: &str = "urn:oasis:names:tc:xacml:1.0:action:action-id";
const RESOURCE_ID: &str = "urn:altinn:resource";
const INSTANCE_ID: &str = "urn:altinn:resource:instance-id";

/// Subject attributes that a person can hold and so pass on.
const ACCESSORS: [&str; 4] = [
    "urn:altinn:rolecode",
    "urn:altinn:external-role:ccr",
    "urn:altinn:external-role:cra",
    "urn:altinn:accesspackage",
];

/// One right of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRight {
    /// Stable key of the right on the wire.
    pub key: String,
    /// Resource attributes, sorted by id.
    pub resource: Vec<(String, String)>,
    /// Action.
    pub action: String,
    /// Roles and packages that give it, as whole URNs, lower case.
    pub accessors: Vec<String>,
}

/// The rights of `resource` in its policy. Rights that no role or package gives (a service owner's own) are left out.
pub fn decompose(policy: &Policy, resource: &str) -> Vec<PolicyRight> {
    let mut rights: BTreeMap<String, PolicyRight> = BTreeMap::new();
    let mut order = Vec::new();
    for rule in policy.rules.iter().filter(|rule| rule.effect == Effect::Permit) {
        let accessors = accessors(rule);
        if accessors.is_empty() {
            continue;
        }
        for attributes in alternatives(rule, RESOURCE) {
            let Some(attributes) = of_resource(attributes, resource) else { continue };
            for action in alternatives(rule, ACTION).into_iter().flatten() {
                if action.0 != ACTION_ID {
                    continue;
                }
                let key = right_key(&attributes, &action.1);
                let right = rights.entry(key.clone()).or_insert_with(|| {
                    order.push(key.clone());
                    PolicyRight { key, resource: attributes.clone(), action: action.1, accessors: Vec::new() }
                });
                right.accessors.extend(accessors.iter().cloned());
                right.accessors.sort();
                right.accessors.dedup();
            }
        }
    }
    order.iter().filter_map(|key| rights.remove(key)).collect()
}

/// `"01"` and the SHA-256 of resource attributes and action.
pub fn right_key(resource: &[(String, String)], action: &str) -> String {
    let mut text = String::new();
    for (id, value) in resource {
        text.push_str(&format!("{id}:{value}:").to_lowercase());
    }
    text.push_str(ACTION_ID);
    text.push(':');
    text.push_str(action);
    let mut key = "01".to_owned();
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(key, "{byte:02x}");
    }
    key
}

/// The attribute-value pairs of every alternative (`AllOf`) that speaks of the category.
fn alternatives(rule: &Rule, category: &str) -> Vec<Vec<(String, String)>> {
    let pairs = |all_of: &Vec<Match>| -> Vec<(String, String)> {
        all_of
            .iter()
            .filter_map(|m| m.designator.as_ref().map(|d| (d, m)))
            .filter(|(d, _)| d.category == category)
            .map(|(d, m)| (d.attribute.to_lowercase(), m.literal.trim().to_owned()))
            .collect()
    };
    rule.target.any_of.iter().flatten().map(pairs).filter(|p| !p.is_empty()).collect()
}

/// Single-attribute subject alternatives that a role or package satisfies.
fn accessors(rule: &Rule) -> Vec<String> {
    alternatives(rule, SUBJECT)
        .into_iter()
        .filter_map(|mut pairs| if pairs.len() == 1 { pairs.pop() } else { None })
        .filter(|(attribute, _)| ACCESSORS.contains(&attribute.as_str()))
        .map(|(attribute, value)| format!("{attribute}:{value}").to_lowercase())
        .collect()
}

/// The attributes in key order, or `None` when the alternative is about another resource.
fn of_resource(attributes: Vec<(String, String)>, resource: &str) -> Option<Vec<(String, String)>> {
    let find = |id: &str| attributes.iter().find(|(a, _)| a == id).map(|(_, v)| v.clone());
    let named = match (find("urn:altinn:org"), find("urn:altinn:app"), find(RESOURCE_ID)) {
        (Some(org), Some(app), _) => format!("app_{org}_{app}"),
        (_, _, Some(id)) => id,
        _ => return None,
    };
    if !named.eq_ignore_ascii_case(resource) {
        return None;
    }
    let mut out: Vec<(String, String)> = attributes
        .into_iter()
        .filter(|(a, _)| {
            !["urn:altinn:org", "urn:altinn:app", RESOURCE_ID, INSTANCE_ID].contains(&a.as_str())
        })
        .collect();
    out.push((RESOURCE_ID.to_owned(), named));
    out.sort();
    Some(out)
}
