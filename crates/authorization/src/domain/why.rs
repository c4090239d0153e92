//! The reason of a decision, in plain words.

use xacml::{CompiledPolicy, Decision, Effect, Request, RuleTrace, Verdict};

/// Longest list of things looked for in vain.
const MOST: usize = 12;

/// What the policy said.
pub fn of_policy(policy: &CompiledPolicy, request: &Request, verdict: &Verdict) -> Vec<String> {
    let traces = policy.explain(request);
    if let Some(trace) = verdict.rule.and_then(|at| traces.get(at)) {
        let by = if trace.subjects.is_empty() { "any subject".to_owned() } else { pairs(&trace.subjects) };
        return vec![format!("rule {} {} by {by}", trace.rule, effect(trace.effect))];
    }
    if verdict.decision == Decision::Indeterminate {
        return vec!["the policy could not be evaluated for this request".to_owned()];
    }
    let for_it: Vec<&RuleTrace<'_>> = traces.iter().filter(|trace| trace.resource && trace.action).collect();
    if for_it.is_empty() {
        let reason = if traces.iter().any(|trace| trace.resource) {
            "no rule of the policy is for this action"
        } else {
            "no rule of the policy is for this resource"
        };
        return vec![reason.to_owned()];
    }
    for_it
        .iter()
        .map(|trace| {
            format!(
                "rule {} wants one of {}, the subject has none for the party",
                trace.rule,
                pairs(&trace.wanted)
            )
        })
        .collect()
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Permit => "permits",
        Effect::Deny => "denies",
    }
}

fn pairs(pairs: &[(&str, &str)]) -> String {
    let mut words: Vec<String> = pairs.iter().take(MOST).map(|(id, value)| format!("{id}:{value}")).collect();
    if pairs.len() > MOST {
        words.push(format!("{} more", pairs.len() - MOST));
    }
    words.join(", ")
}
