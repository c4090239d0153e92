//! Evaluation by the letter of XACML 3.0: policies and policy sets, targets as conjunctions of `AnyOf`.

use crate::combine::{Algorithm, Combiner, Extended};
use crate::expression::Scope;
use crate::function::{Fault, Outcome};
use crate::model::{
    Duty, Effect, Expression, Match, Member, Policy, PolicyDocument, PolicySet, Rule, Target,
};
use crate::request::Request;
use crate::response::{AssignedValue, Decision, DecisionResult, FulfilledDuty, Response, StatusCode};
use jiff::Timestamp;

/// Deepest nesting of references between policy sets.
const MAX_REFERENCES: usize = 32;

/// Answers a request from `root`; `others` are found by reference. `now` is what the environment's clock attributes say
/// when the request does not.
pub fn evaluate(
    root: &PolicyDocument,
    others: &[PolicyDocument],
    request: &Request,
    now: Timestamp,
) -> Response {
    let answer = |single: &Request| Evaluation { others, request: single, now, depth: 0 }.answer(root);
    if request.multi.is_empty() {
        return Response { results: vec![answer(request)] };
    }
    let syntax_error = || DecisionResult::new(Decision::Indeterminate, StatusCode::SyntaxError);
    let results: Vec<_> =
        request.split().iter().map(|part| part.as_ref().map_or_else(syntax_error, &answer)).collect();
    if request.combined_decision {
        return Response { results: vec![fold(&results)] };
    }
    Response { results }
}

/// One answer for many: the common decision, or Indeterminate where they differ or carry duties.
fn fold(results: &[DecisionResult]) -> DecisionResult {
    let plain = results.iter().all(|result| result.obligations.is_empty() && result.advice.is_empty());
    match results.first() {
        Some(first) if plain && results.iter().all(|result| result.decision == first.decision) => {
            DecisionResult::new(first.decision, first.status)
        }
        _ => DecisionResult::new(Decision::Indeterminate, StatusCode::ProcessingError),
    }
}

#[derive(Clone, Copy)]
struct Evaluation<'a> {
    others: &'a [PolicyDocument],
    request: &'a Request,
    now: Timestamp,
    depth: usize,
}

/// A result on its way up, with what is to be said when it becomes the answer.
struct Partial {
    extended: Extended,
    duties: Vec<(bool, FulfilledDuty)>,
    policies: Vec<(String, String, bool)>,
    fault: Option<Fault>,
}

impl Partial {
    fn new(extended: Extended) -> Self {
        Self { extended, duties: Vec::new(), policies: Vec::new(), fault: None }
    }

    fn failed(extended: Extended, fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::new(extended) }
    }
}

impl Evaluation<'_> {
    fn answer(self, root: &PolicyDocument) -> DecisionResult {
        let partial = match root {
            PolicyDocument::Policy(policy) => self.policy(policy),
            PolicyDocument::Set(set) => self.set(set),
        };
        let decision = match partial.extended {
            Extended::Permit => Decision::Permit,
            Extended::Deny => Decision::Deny,
            Extended::NotApplicable => Decision::NotApplicable,
            _ => Decision::Indeterminate,
        };
        let mut result = DecisionResult::new(decision, StatusCode::Ok);
        if decision == Decision::Indeterminate {
            (result.status, result.message) = status_of(partial.fault.as_ref());
            return result;
        }
        for (advice, duty) in partial.duties {
            if advice { result.advice.push(duty) } else { result.obligations.push(duty) }
        }
        if self.request.return_policy_ids && decision != Decision::NotApplicable {
            result.policies = partial.policies;
        }
        result.categories = echoed(self.request);
        result
    }

    fn scope<'b>(&'b self, policy: Option<&'b Policy>) -> Scope<'b> {
        let variables: &[(String, Expression)] = policy.map_or(&[], |policy| &policy.variables);
        Scope { request: self.request, now: self.now, variables }
    }

    fn policy(&self, policy: &Policy) -> Partial {
        let identity = (policy.id.clone(), policy.version.clone(), false);
        let scope = self.scope(Some(policy));
        Self::container(&scope, &policy.target, &policy.combining, &policy.duties, identity, |algorithm| {
            combine(algorithm, policy.rules.iter().map(|rule| Self::rule(&scope, rule)))
        })
    }

    fn set(&self, set: &PolicySet) -> Partial {
        let identity = (set.id.clone(), set.version.clone(), true);
        let scope = self.scope(None);
        Self::container(&scope, &set.target, &set.combining, &set.duties, identity, |algorithm| {
            if algorithm == Algorithm::OnlyOneApplicable {
                self.only_one(set)
            } else {
                combine(algorithm, set.members.iter().map(|member| self.member(member)))
            }
        })
    }

    fn container(
        scope: &Scope<'_>,
        target: &Target,
        combining: &str,
        duties: &[Duty],
        identity: (String, String, bool),
        combined: impl FnOnce(Algorithm) -> Partial,
    ) -> Partial {
        let applies = target_matches(scope, target);
        if applies == Ok(false) {
            return Partial::new(Extended::NotApplicable);
        }
        let Some(algorithm) = Algorithm::from_urn(combining) else {
            let fault = Fault::Processing(format!("unknown combining algorithm {combining}"));
            return Partial::failed(Extended::IndeterminateDP, fault);
        };
        let mut partial = combined(algorithm);
        if let Err(fault) = applies {
            partial.extended = partial.extended.under_unknown_target();
            partial.fault = Some(fault);
            return partial;
        }
        let effect = match partial.extended {
            Extended::Permit => Effect::Permit,
            Extended::Deny => Effect::Deny,
            _ => return partial,
        };
        match fulfilled(scope, duties, effect) {
            Ok(mut own) => {
                partial.duties.append(&mut own);
                partial.policies.insert(0, identity);
                partial
            }
            Err(fault) => Partial::failed(Extended::indeterminate(effect), fault),
        }
    }

    fn rule(scope: &Scope<'_>, rule: &Rule) -> Partial {
        let holds = target_matches(scope, &rule.target).and_then(|matched| match &rule.condition {
            Some(condition) if matched => crate::apply::boolean(scope.evaluate(condition)?),
            _ => Ok(matched),
        });
        let duties = match holds {
            Ok(false) => return Partial::new(Extended::NotApplicable),
            Ok(true) => fulfilled(scope, &rule.duties, rule.effect),
            Err(fault) => Err(fault),
        };
        match duties {
            Ok(duties) => Partial { duties, ..Partial::new(Extended::of(rule.effect)) },
            Err(fault) => Partial::failed(Extended::indeterminate(rule.effect), fault),
        }
    }

    fn member(&self, member: &Member) -> Partial {
        match self.resolved(member) {
            Ok((deeper, Resolved::Policy(policy))) => deeper.policy(policy),
            Ok((deeper, Resolved::Set(set))) => deeper.set(set),
            Err(fault) => Partial::failed(Extended::IndeterminateDP, fault),
        }
    }

    fn resolved<'b>(&'b self, member: &'b Member) -> Result<(Self, Resolved<'b>), Fault> {
        let deeper = Self { depth: self.depth + 1, ..*self };
        if deeper.depth > MAX_REFERENCES {
            return Err(Fault::Processing("policy sets refer to each other too deep".to_owned()));
        }
        let found = match member {
            Member::Policy(policy) => Some(Resolved::Policy(policy)),
            Member::Set(set) => Some(Resolved::Set(set)),
            Member::PolicyReference(id) => self.others.iter().find_map(|document| match document {
                PolicyDocument::Policy(policy) if policy.id == *id => Some(Resolved::Policy(policy)),
                _ => None,
            }),
            Member::SetReference(id) => self.others.iter().find_map(|document| match document {
                PolicyDocument::Set(set) if set.id == *id => Some(Resolved::Set(set)),
                _ => None,
            }),
        };
        found
            .map(|found| (deeper, found))
            .ok_or_else(|| Fault::Processing("a referenced policy is missing".to_owned()))
    }

    /// Exactly one member's target may match; the members' results play no part in the choice.
    fn only_one(&self, set: &PolicySet) -> Partial {
        let mut chosen = None;
        for member in &set.members {
            let applicable = self.resolved(member).and_then(|(_, resolved)| {
                let target = match resolved {
                    Resolved::Policy(policy) => &policy.target,
                    Resolved::Set(set) => &set.target,
                };
                target_matches(&self.scope(None), target)
            });
            match applicable {
                Ok(false) => {}
                Ok(true) if chosen.is_none() => chosen = Some(member),
                Ok(true) => {
                    let fault = Fault::Processing("more than one policy is applicable".to_owned());
                    return Partial::failed(Extended::IndeterminateDP, fault);
                }
                Err(fault) => return Partial::failed(Extended::IndeterminateDP, fault),
            }
        }
        chosen.map_or_else(|| Partial::new(Extended::NotApplicable), |member| self.member(member))
    }
}

enum Resolved<'a> {
    Policy(&'a Policy),
    Set(&'a PolicySet),
}

fn combine(algorithm: Algorithm, results: impl Iterator<Item = Partial>) -> Partial {
    let mut combiner = Combiner::new(algorithm);
    let mut seen = Vec::new();
    for partial in results {
        let settled = combiner.add(partial.extended);
        seen.push(partial);
        if settled {
            break;
        }
    }
    let extended = combiner.result();
    let mut combined = Partial::new(extended);
    for partial in seen {
        if partial.extended == extended {
            combined.duties.extend(partial.duties);
            combined.policies.extend(partial.policies);
        }
        if partial.extended.is_indeterminate() && combined.fault.is_none() {
            combined.fault = partial.fault;
        }
    }
    combined
}

/// An `AnyOf` that fails decides over one that cannot be evaluated.
fn target_matches(scope: &Scope<'_>, target: &Target) -> Result<bool, Fault> {
    let mut fault = None;
    for any_of in &target.any_of {
        match alternatives_match(scope, any_of) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    fault.map_or(Ok(true), Err)
}

fn alternatives_match(scope: &Scope<'_>, alternatives: &[Vec<Match>]) -> Result<bool, Fault> {
    let mut fault = None;
    for all_of in alternatives {
        let mut held = Ok(true);
        for single in all_of {
            match match_holds(scope, single) {
                Ok(true) => {}
                Ok(false) => {
                    held = Ok(false);
                    break;
                }
                Err(error) => held = Err(error),
            }
        }
        match held {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    fault.map_or(Ok(false), Err)
}

fn match_holds(scope: &Scope<'_>, single: &Match) -> Result<bool, Fault> {
    let Some(function) = &single.function else {
        return Err(Fault::Processing(format!("unknown function {}", single.function_id)));
    };
    let Some(designator) = &single.designator else {
        return Err(Fault::Syntax("attribute selectors are not evaluated".to_owned()));
    };
    let mut fault = None;
    for value in scope.bag(designator)? {
        match function.holds(&single.value, &value) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    fault.map_or(Ok(false), Err)
}

fn fulfilled(
    scope: &Scope<'_>,
    duties: &[Duty],
    effect: Effect,
) -> Result<Vec<(bool, FulfilledDuty)>, Fault> {
    let mut list = Vec::new();
    for duty in duties.iter().filter(|duty| duty.on == effect) {
        let mut assignments = Vec::new();
        for assignment in &duty.assignments {
            let values = match scope.evaluate(&assignment.expression)? {
                Outcome::One(value) => vec![value],
                Outcome::Bag(values) => values,
                Outcome::Function(_) => {
                    return Err(Fault::Processing("a function is not a value".to_owned()));
                }
            };
            assignments.extend(values.into_iter().map(|value| AssignedValue {
                attribute: assignment.attribute.clone(),
                category: assignment.category.clone(),
                issuer: assignment.issuer.clone(),
                data_type: value.data_type(),
                value: value.text(),
            }));
        }
        list.push((duty.advice, FulfilledDuty { id: duty.id.clone(), assignments }));
    }
    Ok(list)
}

fn status_of(fault: Option<&Fault>) -> (StatusCode, Option<String>) {
    match fault {
        None => (StatusCode::Ok, None),
        Some(Fault::Missing(category, id)) => {
            (StatusCode::MissingAttribute, Some(format!("attribute {id} of category {category} is missing")))
        }
        Some(Fault::EmptyBag) => {
            (StatusCode::ProcessingError, Some("one value was wanted, there is none".to_owned()))
        }
        Some(Fault::Processing(reason)) => (StatusCode::ProcessingError, Some(reason.clone())),
        Some(Fault::Syntax(reason)) => (StatusCode::SyntaxError, Some(reason.clone())),
    }
}

/// The attributes that the request wants back.
pub(crate) fn echoed(request: &Request) -> Vec<crate::request::Category> {
    request
        .categories
        .iter()
        .filter_map(|category| {
            let attributes: Vec<_> =
                category.attributes.iter().filter(|attribute| attribute.include_in_result).cloned().collect();
            (!attributes.is_empty()).then(|| crate::request::Category {
                category: category.category.clone(),
                id: category.id.clone(),
                attributes,
            })
        })
        .collect()
}
