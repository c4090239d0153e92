//! What the registry reads from a policy, and the policies that it writes itself.

use std::fmt::Write;
use xacml::{Match, Policy, RESOURCE, ReadError, SUBJECT};

/// An attribute id and value.
pub type Pair = (String, String);

/// Why a policy was refused.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum PolicyFault {
    /// The XML is not a policy.
    #[error("{0}")]
    Unreadable(#[from] ReadError),
    /// A rule is for another resource, or for none in particular.
    #[error("rule {rule} is not for resource {resource}")]
    OtherResource {
        /// `RuleId`
        rule: String,
        /// Registry id of the resource that the policy was sent for.
        resource: String,
    },
    /// A policy that permits nothing would lock everyone out by mistake.
    #[error("the policy has no rules")]
    Empty,
}

/// Reads a policy and checks that every rule is for this resource.
pub fn check(xml: &str, resource: &str) -> Result<Policy, PolicyFault> {
    let policy = xacml::read_policy(xml)?;
    if policy.rules.is_empty() {
        return Err(PolicyFault::Empty);
    }
    for rule in &policy.rules {
        let mut named = alternatives(&rule.target, RESOURCE).peekable();
        if named.peek().is_none() || !named.all(|pairs| names(&pairs, resource)) {
            return Err(PolicyFault::OtherResource { rule: rule.id.clone(), resource: resource.to_owned() });
        }
    }
    Ok(policy)
}

fn names(pairs: &[Pair], resource: &str) -> bool {
    let value =
        |id: &str| pairs.iter().find(|(attribute, _)| attribute == id).map(|(_, value)| value.as_str());
    match (value("urn:altinn:org"), value("urn:altinn:app"), value("urn:altinn:resource")) {
        (_, _, Some(id)) => id.eq_ignore_ascii_case(resource),
        (Some(org), Some(app), None) => format!("app_{org}_{app}").eq_ignore_ascii_case(resource),
        _ => false,
    }
}

/// The attributes of every alternative (`AllOf`) that speaks of the category.
pub fn alternatives(target: &xacml::Target, category: &'static str) -> impl Iterator<Item = Vec<Pair>> {
    let pair = move |single: &Match| {
        let designator = single.designator.as_ref().filter(|found| found.category == category)?;
        Some((designator.attribute.clone(), single.literal.trim().to_owned()))
    };
    target
        .any_of
        .iter()
        .flatten()
        .map(move |all_of| all_of.iter().filter_map(pair).collect::<Vec<_>>())
        .filter(|pairs| !pairs.is_empty())
}

/// Every subject attribute of the policy, each once.
pub fn subjects(policy: &Policy) -> Vec<Pair> {
    let mut all: Vec<Pair> =
        policy.rules.iter().flat_map(|rule| alternatives(&rule.target, SUBJECT)).flatten().collect();
    all.sort();
    all.dedup_by(|a, b| urn(a) == urn(b));
    all
}

/// Codes of the roles that some rule permits anything, each once.
pub fn permitted_roles(policy: &Policy) -> Vec<String> {
    let permits = policy.rules.iter().filter(|rule| rule.effect == xacml::Effect::Permit);
    let named = permits.flat_map(|rule| alternatives(&rule.target, SUBJECT)).flatten();
    let mut codes: Vec<String> =
        named.filter(|(attribute, _)| attribute == "urn:altinn:rolecode").map(|(_, code)| code).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// The whole URN of a subject, in lower case.
pub fn urn((attribute, value): &Pair) -> String {
    format!("{attribute}:{value}").to_lowercase()
}

/// Who may do what: one Permit rule.
pub struct Grant {
    /// Whole URNs of subjects, any of which will do.
    pub subjects: Vec<String>,
    /// Actions.
    pub actions: Vec<String>,
}

/// Writes a policy: one rule a grant, a minimum authentication level.
pub fn write(resource: &str, grants: &[Grant], level: u8) -> String {
    const STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<xacml:Policy xmlns:xacml=\"{}\" PolicyId=\"urn:altinn:resource:{resource}:policyid:1\" Version=\"1.0\" RuleCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides\">\n  <xacml:Target/>\n",
        xacml::NAMESPACE
    );
    let any_of = |out: &mut String, function: &str, category: &str, pairs: &[(&str, &str)]| {
        out.push_str("      <xacml:AnyOf>\n");
        for (attribute, value) in pairs {
            _ = writeln!(
                out,
                "        <xacml:AllOf><xacml:Match MatchId=\"urn:oasis:names:tc:xacml:{function}\"><xacml:AttributeValue DataType=\"{STRING}\">{value}</xacml:AttributeValue><xacml:AttributeDesignator AttributeId=\"{attribute}\" Category=\"{category}\" DataType=\"{STRING}\" MustBePresent=\"false\"/></xacml:Match></xacml:AllOf>"
            );
        }
        out.push_str("      </xacml:AnyOf>\n");
    };
    for (at, grant) in grants.iter().enumerate() {
        _ = writeln!(
            out,
            "  <xacml:Rule RuleId=\"urn:altinn:resource:{resource}:policyid:1:ruleid:{}\" Effect=\"Permit\">\n    <xacml:Target>",
            at + 1
        );
        let subjects: Vec<_> = grant.subjects.iter().filter_map(|urn| urn.rsplit_once(':')).collect();
        let actions: Vec<_> =
            grant.actions.iter().map(|action| (xacml::ACTION_ID, action.as_str())).collect();
        any_of(&mut out, "3.0:function:string-equal-ignore-case", SUBJECT, &subjects);
        any_of(&mut out, "1.0:function:string-equal", RESOURCE, &[("urn:altinn:resource", resource)]);
        any_of(&mut out, "1.0:function:string-equal", xacml::ACTION, &actions);
        out.push_str("    </xacml:Target>\n  </xacml:Rule>\n");
    }
    _ = write!(
        out,
        "  <xacml:ObligationExpressions>\n    <xacml:ObligationExpression FulfillOn=\"Permit\" ObligationId=\"urn:altinn:obligation:authenticationLevel1\">\n      <xacml:AttributeAssignmentExpression AttributeId=\"urn:altinn:obligation1-assignment1\" Category=\"{}\">\n        <xacml:AttributeValue DataType=\"http://www.w3.org/2001/XMLSchema#integer\">{level}</xacml:AttributeValue>\n      </xacml:AttributeAssignmentExpression>\n    </xacml:ObligationExpression>\n  </xacml:ObligationExpressions>\n</xacml:Policy>\n",
        xacml::MINIMUM_LEVEL
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants() -> Vec<Grant> {
        vec![Grant {
            subjects: vec![
                "urn:altinn:rolecode:DAGL".into(),
                "urn:altinn:accesspackage:skattegrunnlag".into(),
            ],
            actions: vec!["read".into()],
        }]
    }

    #[test]
    fn a_written_policy_is_for_its_resource_and_no_other() {
        let xml = write("skd-x", &grants(), 3);
        let policy = check(&xml, "skd-x").unwrap();
        assert_eq!(
            subjects(&policy).iter().map(urn).collect::<Vec<_>>(),
            ["urn:altinn:accesspackage:skattegrunnlag", "urn:altinn:rolecode:dagl"]
        );
        assert_eq!(permitted_roles(&policy), ["DAGL"]);
        assert!(matches!(check(&xml, "skd-y"), Err(PolicyFault::OtherResource { .. })));
        assert!(matches!(check("<a/>", "skd-x"), Err(PolicyFault::Unreadable(_))));
        assert_eq!(check(&write("skd-x", &[], 3), "skd-x").unwrap_err(), PolicyFault::Empty);
    }
}
