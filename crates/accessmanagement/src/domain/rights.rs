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

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "http://www.w3.org/2001/XMLSchema#string";

    fn any_of(category: &str, alternatives: &[&[(&str, &str)]]) -> String {
        let of = |(attribute, value): &(&str, &str)| {
            format!(
                r#"<Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><AttributeValue DataType="{TEXT}">{value}</AttributeValue><AttributeDesignator AttributeId="{attribute}" Category="{category}" DataType="{TEXT}" MustBePresent="false"/></Match>"#
            )
        };
        let all_of = |pairs: &&[(&str, &str)]| {
            format!("<AllOf>{}</AllOf>", pairs.iter().map(of).collect::<Vec<_>>().concat())
        };
        format!("<AnyOf>{}</AnyOf>", alternatives.iter().map(all_of).collect::<Vec<_>>().concat())
    }

    fn rule(subjects: &[&[(&str, &str)]], resources: &[&[(&str, &str)]], actions: &[&str]) -> String {
        let actions: Vec<[(&str, &str); 1]> = actions.iter().map(|action| [(ACTION_ID, *action)]).collect();
        let actions: Vec<&[(&str, &str)]> = actions.iter().map(<[_; 1]>::as_slice).collect();
        format!(
            r#"<Rule RuleId="urn:r" Effect="Permit"><Description/><Target>{}{}{}</Target></Rule>"#,
            any_of(SUBJECT, subjects),
            any_of(RESOURCE, resources),
            any_of(ACTION, &actions)
        )
    }

    fn rights(rules: &[String], resource: &str) -> Vec<PolicyRight> {
        let xml = format!(
            r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:p" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>{}</Policy>"#,
            rules.concat()
        );
        decompose(&xacml::read_policy(&xml).unwrap(), resource)
    }

    #[test]
    fn key_is_the_digest_of_sorted_attributes_and_action() {
        // Computed apart from this code, by the rule of access-management §5.
        let app =
            [("urn:altinn:resource".into(), "app_ttd_x".into()), ("urn:altinn:task".into(), "Task_1".into())];
        assert_eq!(
            right_key(&app, "read"),
            "0142303ef5b93f13411d031c520d29efcadd1bce2af973dc8dafbb3aa590f68974"
        );
        let resource = [("urn:altinn:resource".into(), "Ske-X".into())];
        assert_eq!(
            right_key(&resource, "read"),
            "01ee1a7f651e4202a17563cf5204ce57d0164de82635b6f7b8c3f45b6d4f7d06ae"
        );
    }

    #[test]
    fn rules_of_an_app_become_rights_per_task_and_action() {
        let app: &[(&str, &str)] = &[("urn:altinn:org", "ttd"), ("urn:altinn:app", "x")];
        let task: &[(&str, &str)] = &[app[0], app[1], ("urn:altinn:task", "Task_1")];
        let got = rights(
            &[
                rule(&[&[("urn:altinn:rolecode", "DAGL")]], &[app, task], &["read", "write"]),
                rule(&[&[("urn:altinn:accesspackage", "skattegrunnlag")]], &[app], &["read"]),
            ],
            "app_ttd_x",
        );
        assert_eq!(got.len(), 4);
        assert_eq!(
            got[0].accessors,
            ["urn:altinn:accesspackage:skattegrunnlag", "urn:altinn:rolecode:dagl"],
            "rules that give the same right are one right"
        );
        assert_eq!(got[2].key, "0142303ef5b93f13411d031c520d29efcadd1bce2af973dc8dafbb3aa590f68974");
    }

    #[test]
    fn rights_of_others_and_of_owners_are_left_out() {
        let own: &[(&str, &str)] = &[("urn:altinn:resource", "ske-x")];
        let other: &[(&str, &str)] = &[("urn:altinn:resource", "ske-y")];
        let leader: &[(&str, &str)] = &[("urn:altinn:rolecode", "dagl")];
        let both: &[(&str, &str)] =
            &[("urn:altinn:rolecode", "lede"), ("urn:altinn:partytype", "organization")];
        let owner: &[(&str, &str)] = &[("urn:altinn:org", "skd")];
        let got = rights(
            &[
                rule(&[owner], &[own], &["read"]),
                rule(&[leader], &[other], &["write"]),
                rule(&[both], &[own], &["sign"]),
                rule(&[leader, owner], &[own], &["confirm"]),
            ],
            "ske-x",
        );
        assert_eq!(got.iter().map(|r| r.action.as_str()).collect::<Vec<_>>(), ["confirm"]);
        assert_eq!(got[0].accessors, ["urn:altinn:rolecode:dagl"]);
    }
}
