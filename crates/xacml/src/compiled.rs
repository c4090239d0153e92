//! The platform's own evaluation of a policy (authorization.md §7), compiled once and run many times.
//!
//! It is not the standard's: several `AnyOf` of one category are alternatives, the action and resource of a rule are
//! looked at before its subject, and a target is never a conjunction of `AnyOf` within a category.
//!
//! INVARIANT: every distinct comparison of a literal with an attribute is one bit. Equalities are found by hashing the
//! request's values once, so that the cost of a rule is a few bit tests and no allocation.

use crate::apply::boolean;
use crate::combine::{Algorithm, Combiner, Extended};
use crate::equalities::{Equalities, Equality};
use crate::expression::Scope;
use crate::function::{Fault, Function};
use crate::model::{Effect, Match, Policy};
use crate::request::{ACTION, RESOURCE, Request, SUBJECT};
use crate::response::{AssignedValue, Decision, DecisionResult, FulfilledDuty, StatusCode};
use crate::value::{DataType, Value};
use jiff::Timestamp;

/// Words of predicate bits that fit on the stack; larger policies use the heap.
const STACK_WORDS: usize = 32;

/// Obligation category of the lowest authentication level.
pub const MINIMUM_LEVEL: &str = "urn:altinn:minimum-authenticationlevel";

/// A policy made ready for evaluation.
#[derive(Debug)]
pub struct CompiledPolicy {
    policy: Policy,
    algorithm: Option<Algorithm>,
    slots: Vec<Slot>,
    predicates: usize,
    equalities: Equalities,
    comparisons: Vec<Comparison>,
    rules: Vec<CompiledRule>,
    /// No condition, no required attribute and no Deny rule: the first Permit settles it.
    permits_only: bool,
}

/// The answer of an evaluation, without its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// The status.
    pub status: StatusCode,
    /// Index of the first rule that gave the decision.
    pub rule: Option<usize>,
    /// A rule was for this resource and action.
    pub matched: bool,
}

/// How one rule fared, for explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTrace<'a> {
    /// `RuleId`
    pub rule: &'a str,
    /// What it would give.
    pub effect: Effect,
    /// The rule is for this resource.
    pub resource: bool,
    /// The rule is for this action.
    pub action: bool,
    /// Subject attributes of the rule that the request has: id and value.
    pub subjects: Vec<(&'a str, &'a str)>,
    /// Subject attributes that would have done.
    pub wanted: Vec<(&'a str, &'a str)>,
}

#[derive(Debug, PartialEq, Eq)]
struct Slot {
    category: u8,
    attribute: String,
}

#[derive(Debug)]
struct Comparison {
    slot: usize,
    bit: usize,
    /// `None` for a function that is not implemented: an error as soon as it has something to compare.
    function: Option<Function>,
    literal: Value,
    data_type: DataType,
}

#[derive(Debug)]
struct CompiledRule {
    effect: Effect,
    resource: Option<Vec<Conjunction>>,
    action: Option<Vec<Conjunction>>,
    subject: Option<Vec<Conjunction>>,
}

#[derive(Debug)]
struct Conjunction {
    bits: Vec<usize>,
    required_slots: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Matched {
    Yes,
    No,
    Missing,
}

const CATEGORIES: [&str; 3] = [SUBJECT, RESOURCE, ACTION];

fn category_index(category: &str) -> Option<u8> {
    CATEGORIES.iter().position(|known| *known == category).map(|at| at as u8)
}

enum Kind {
    Exact,
    Folded,
    Other(Option<Function>),
}

/// The functions of §7.2, no others.
fn kind_of(function_id: &str) -> Kind {
    let rest = function_id.strip_prefix("urn:oasis:names:tc:xacml:").unwrap_or_default();
    match rest {
        "1.0:function:string-equal" | "1.0:function:anyURI-equal" | "1.0:function:string-is-in" => {
            Kind::Exact
        }
        "3.0:function:string-equal-ignore-case" => Kind::Folded,
        "1.0:function:integer-equal" | "1.0:function:integer-one-and-only" => {
            Kind::Other(Some(Function::Equal(DataType::Integer)))
        }
        "1.0:function:time-equal" => Kind::Other(Some(Function::Equal(DataType::Time))),
        "1.0:function:date-equal" => Kind::Other(Some(Function::Equal(DataType::Date))),
        "1.0:function:dateTime-equal" => Kind::Other(Some(Function::Equal(DataType::DateTime))),
        "1.0:function:string-regexp-match" => Kind::Other(Some(Function::Regexp(DataType::String))),
        _ => Kind::Other(None),
    }
}

#[derive(Default)]
struct Compiler {
    slots: Vec<Slot>,
    known: std::collections::HashMap<(usize, String, String, String), usize>,
    equalities: Vec<Equality>,
    comparisons: Vec<Comparison>,
}

impl Compiler {
    fn slot(&mut self, category: u8, attribute: &str) -> usize {
        let wanted = Slot { category, attribute: attribute.to_owned() };
        if let Some(at) = self.slots.iter().position(|slot| *slot == wanted) {
            return at;
        }
        self.slots.push(wanted);
        self.slots.len() - 1
    }

    fn bit(&mut self, slot: usize, single: &Match) -> usize {
        let key =
            (slot, single.function_id.clone(), single.data_type.uri().to_owned(), single.literal.clone());
        let next = self.known.len();
        let bit = *self.known.entry(key).or_insert(next);
        if bit < next {
            return bit;
        }
        let data_type = single.data_type.clone();
        match kind_of(&single.function_id) {
            Kind::Other(function) => {
                let literal = single.value.clone();
                self.comparisons.push(Comparison { slot, bit, function, literal, data_type });
            }
            kind => {
                let folded = matches!(kind, Kind::Folded);
                self.equalities.push(Equality {
                    slot,
                    bit,
                    folded,
                    data_type,
                    literal: single.literal.clone(),
                });
            }
        }
        bit
    }

    fn category(&mut self, rule: &crate::model::Rule, category: &str) -> Option<Vec<Conjunction>> {
        let index = category_index(category)?;
        let mut conjunctions = Vec::new();
        for all_of in rule.target.any_of.iter().flatten() {
            let mut conjunction = Conjunction { bits: Vec::new(), required_slots: Vec::new() };
            for single in all_of {
                let Some(designator) = single.designator.as_ref().filter(|found| found.category == category)
                else {
                    continue;
                };
                let slot = self.slot(index, &designator.attribute);
                conjunction.bits.push(self.bit(slot, single));
                if designator.must_be_present {
                    conjunction.required_slots.push(slot);
                }
            }
            if !conjunction.bits.is_empty() {
                conjunctions.push(conjunction);
            }
        }
        (!conjunctions.is_empty()).then_some(conjunctions)
    }
}

/// What a request has, as bits.
struct Facts<'a> {
    bits: &'a [u64],
    /// Bit of the first slot's presence; the bits before it are predicates.
    presence: usize,
}

impl Facts<'_> {
    fn has(&self, bit: usize) -> bool {
        self.bits[bit / 64] & (1 << (bit % 64)) != 0
    }

    fn holds(&self, conjunction: &Conjunction) -> bool {
        conjunction.bits.iter().all(|bit| self.has(*bit))
    }

    /// WIRE: the last event wins: a later alternative that lacks a required attribute undoes a match, a still later match
    /// undoes that (authorization.md §7.2).
    fn matches(&self, alternatives: Option<&Vec<Conjunction>>) -> Matched {
        let Some(alternatives) = alternatives else { return Matched::Yes };
        let mut state = Matched::No;
        for conjunction in alternatives {
            if conjunction.required_slots.iter().any(|slot| !self.has(self.presence + slot)) {
                state = Matched::Missing;
            } else if self.holds(conjunction) {
                state = Matched::Yes;
            }
        }
        state
    }
}

impl CompiledPolicy {
    /// Compiles a policy.
    pub fn new(policy: Policy) -> Self {
        let mut compiler = Compiler::default();
        let rules: Vec<CompiledRule> = policy
            .rules
            .iter()
            .map(|rule| CompiledRule {
                effect: rule.effect,
                resource: compiler.category(rule, RESOURCE),
                action: compiler.category(rule, ACTION),
                subject: compiler.category(rule, SUBJECT),
            })
            .collect();
        let required = rules
            .iter()
            .flat_map(|rule| [&rule.resource, &rule.action, &rule.subject])
            .flatten()
            .flatten()
            .any(|conjunction| !conjunction.required_slots.is_empty());
        // WIRE: rule- and policy-combining variants are the same here; only-one-applicable is not known.
        let algorithm = Algorithm::from_urn(&policy.combining).and_then(|algorithm| match algorithm {
            Algorithm::LegacyPolicyDenyOverrides => Some(Algorithm::DenyOverrides),
            Algorithm::LegacyPolicyPermitOverrides => Some(Algorithm::PermitOverrides),
            Algorithm::OnlyOneApplicable => None,
            other => Some(other),
        });
        Self {
            algorithm,
            permits_only: !required
                && algorithm.is_some()
                && policy.rules.iter().all(|rule| rule.condition.is_none() && rule.effect == Effect::Permit),
            predicates: compiler.known.len(),
            slots: compiler.slots,
            equalities: Equalities::new(compiler.equalities),
            comparisons: compiler.comparisons,
            rules,
            policy,
        }
    }

    /// The policy as it was read.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Does any rule look at this subject attribute?
    pub fn mentions_subject(&self, attribute: &str) -> bool {
        self.slots.iter().any(|slot| slot.category == 0 && slot.attribute == attribute)
    }

    /// Level of the obligation of this category, if the policy has one.
    pub fn level(&self, category: &str) -> Option<u8> {
        self.policy
            .duties
            .iter()
            .filter(|duty| !duty.advice && duty.on == Effect::Permit)
            .flat_map(|duty| &duty.assignments)
            .find(|assignment| assignment.category.as_deref() == Some(category))
            .and_then(|assignment| assignment.literal()?.trim().parse().ok())
    }

    /// Decides.
    pub fn evaluate(&self, request: &Request, now: Timestamp) -> Verdict {
        self.with_facts(request, |facts| self.decide(request, facts, now)).unwrap_or(Verdict {
            decision: Decision::Indeterminate,
            status: StatusCode::SyntaxError,
            rule: None,
            matched: false,
        })
    }

    /// The whole answer for a verdict: obligations on Permit, attributes echoed when a rule was for the request.
    pub fn result(&self, request: &Request, verdict: &Verdict) -> DecisionResult {
        let mut result = DecisionResult::new(verdict.decision, verdict.status);
        if verdict.decision == Decision::Permit {
            result.obligations = self.obligations();
        }
        if verdict.matched && verdict.decision != Decision::Indeterminate {
            result.categories = crate::standard::echoed(request);
        }
        result
    }

    /// The obligations of a Permit.
    pub fn obligations(&self) -> Vec<FulfilledDuty> {
        self.policy
            .duties
            .iter()
            .filter(|duty| !duty.advice && duty.on == Effect::Permit)
            .map(|duty| FulfilledDuty {
                id: duty.id.clone(),
                assignments: duty
                    .assignments
                    .iter()
                    .filter_map(|assignment| {
                        let crate::model::Expression::Value(value) = &assignment.expression else {
                            return None;
                        };
                        Some(AssignedValue {
                            attribute: assignment.attribute.clone(),
                            category: assignment.category.clone(),
                            issuer: assignment.issuer.clone(),
                            data_type: value.data_type(),
                            value: value.text(),
                        })
                    })
                    .collect(),
            })
            .collect()
    }

    /// How every rule fared.
    pub fn explain(&self, request: &Request) -> Vec<RuleTrace<'_>> {
        let traced = self.with_facts(request, |facts| {
            self.rules
                .iter()
                .zip(&self.policy.rules)
                .map(|(compiled, rule)| {
                    let mut trace = RuleTrace {
                        rule: &rule.id,
                        effect: rule.effect,
                        resource: facts.matches(compiled.resource.as_ref()) == Matched::Yes,
                        action: facts.matches(compiled.action.as_ref()) == Matched::Yes,
                        subjects: Vec::new(),
                        wanted: Vec::new(),
                    };
                    let mut alternatives = compiled.subject.iter().flatten();
                    for all_of in rule.target.any_of.iter().flatten() {
                        let named: Vec<_> = subject_matches(all_of).collect();
                        if named.is_empty() {
                            continue;
                        }
                        let held = alternatives.next().is_some_and(|conjunction| facts.holds(conjunction));
                        if held { trace.subjects.extend(named) } else { trace.wanted.extend(named) }
                    }
                    trace
                })
                .collect()
        });
        traced.unwrap_or_default()
    }

    fn with_facts<T>(&self, request: &Request, then: impl FnOnce(&Facts<'_>) -> T) -> Result<T, Fault> {
        let words = (self.predicates + self.slots.len()).div_ceil(64);
        let mut stack = [0_u64; STACK_WORDS];
        let mut heap = Vec::new();
        let bits = if words <= STACK_WORDS {
            &mut stack[..words]
        } else {
            heap.resize(words, 0);
            &mut heap[..]
        };
        for category in &request.categories {
            let Some(index) = category_index(&category.category) else { continue };
            for attribute in &category.attributes {
                let Some(slot) = self
                    .slots
                    .iter()
                    .position(|slot| slot.category == index && slot.attribute == attribute.id)
                else {
                    continue;
                };
                if !attribute.values.is_empty() {
                    let bit = self.predicates + slot;
                    bits[bit / 64] |= 1 << (bit % 64);
                }
                for (data_type, text) in &attribute.values {
                    self.equalities.mark(slot, data_type, text, bits);
                    self.compare(slot, data_type, text, bits)?;
                }
            }
        }
        Ok(then(&Facts { bits, presence: self.predicates }))
    }

    fn compare(&self, slot: usize, data_type: &DataType, text: &str, bits: &mut [u64]) -> Result<(), Fault> {
        for comparison in self.comparisons.iter().filter(|comparison| comparison.slot == slot) {
            let Some(function) = &comparison.function else {
                return Err(Fault::Syntax("the match function is not implemented".to_owned()));
            };
            if comparison.data_type != *data_type {
                continue;
            }
            let value = Value::parse(data_type, text).map_err(Fault::Syntax)?;
            if function.holds(&comparison.literal, &value)? {
                bits[comparison.bit / 64] |= 1 << (comparison.bit % 64);
            }
        }
        Ok(())
    }

    fn decide(&self, request: &Request, facts: &Facts<'_>, now: Timestamp) -> Verdict {
        let mut verdict =
            Verdict { decision: Decision::Indeterminate, status: StatusCode::Ok, rule: None, matched: false };
        let Some(algorithm) = self.algorithm else { return verdict };
        let mut combiner = Combiner::new(algorithm);
        let mut settled_by: [Option<usize>; 2] = [None; 2];
        let mut settled = false;
        for (at, rule) in self.rules.iter().enumerate() {
            // Nothing can be missing and nothing but a Permit can change the answer: the subject tells most rules apart.
            if self.permits_only && verdict.matched && facts.matches(rule.subject.as_ref()) == Matched::No {
                continue;
            }
            let resource = facts.matches(rule.resource.as_ref());
            let action =
                if resource == Matched::No { Matched::No } else { facts.matches(rule.action.as_ref()) };
            if resource == Matched::Missing
                || action == Matched::Missing
                || self.action_missing(rule, facts, resource)
            {
                verdict.status = StatusCode::MissingAttribute;
                return verdict;
            }
            if resource != Matched::Yes || action != Matched::Yes {
                continue;
            }
            verdict.matched = true;
            if settled {
                continue;
            }
            let result = match facts.matches(rule.subject.as_ref()) {
                Matched::No => Extended::NotApplicable,
                Matched::Missing => Extended::indeterminate(rule.effect),
                Matched::Yes => match self.condition(at, request, now) {
                    Ok(true) => Extended::of(rule.effect),
                    Ok(false) => Extended::NotApplicable,
                    Err(fault) => {
                        if matches!(fault, Fault::Processing(_) | Fault::Syntax(_)) {
                            verdict.status = StatusCode::ProcessingError;
                        }
                        Extended::indeterminate(rule.effect)
                    }
                },
            };
            match result {
                Extended::Permit => _ = settled_by[0].get_or_insert(at),
                Extended::Deny => _ = settled_by[1].get_or_insert(at),
                _ => {}
            }
            settled = combiner.add(result);
            if result == Extended::Permit && self.permits_only {
                break;
            }
        }
        (verdict.decision, verdict.rule) = match combiner.result() {
            Extended::Permit => (Decision::Permit, settled_by[0]),
            Extended::Deny => (Decision::Deny, settled_by[1]),
            Extended::NotApplicable => (Decision::NotApplicable, None),
            _ => (Decision::Indeterminate, None),
        };
        if verdict.decision != Decision::Indeterminate {
            verdict.status = StatusCode::Ok;
        }
        verdict
    }

    /// An action attribute that is required is missing whatever the resource is.
    fn action_missing(&self, rule: &CompiledRule, facts: &Facts<'_>, resource: Matched) -> bool {
        !self.permits_only
            && resource == Matched::No
            && facts.matches(rule.action.as_ref()) == Matched::Missing
    }

    fn condition(&self, at: usize, request: &Request, now: Timestamp) -> Result<bool, Fault> {
        let Some(condition) = self.policy.rules.get(at).and_then(|rule| rule.condition.as_ref()) else {
            return Ok(true);
        };
        let scope = Scope { request, now, variables: &self.policy.variables };
        boolean(scope.evaluate(condition)?)
    }
}

fn subject_matches(all_of: &[Match]) -> impl Iterator<Item = (&str, &str)> {
    all_of.iter().filter_map(|single| {
        let designator = single.designator.as_ref().filter(|found| found.category == SUBJECT)?;
        Some((designator.attribute.as_str(), single.literal.as_str()))
    })
}
