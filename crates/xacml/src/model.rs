//! Policies and policy sets as XACML 3.0 defines them.

use crate::function::Function;
use crate::value::{DataType, Value};

/// Effect of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The rule allows.
    Permit,
    /// The rule forbids.
    Deny,
}

/// A top-level document: one policy, or a set of them.
#[derive(Debug, Clone)]
pub enum PolicyDocument {
    /// A policy.
    Policy(Box<Policy>),
    /// A policy set.
    Set(Box<PolicySet>),
}

impl PolicyDocument {
    /// `PolicyId` or `PolicySetId`.
    pub fn id(&self) -> &str {
        match self {
            Self::Policy(policy) => &policy.id,
            Self::Set(set) => &set.id,
        }
    }
}

/// A policy: rules under one combining algorithm.
#[derive(Debug, Clone)]
pub struct Policy {
    /// `PolicyId`
    pub id: String,
    /// `Version`
    pub version: String,
    /// Which requests it is for.
    pub target: Target,
    /// `RuleCombiningAlgId`
    pub combining: String,
    /// Rules in order.
    pub rules: Vec<Rule>,
    /// Obligations and advice of the policy itself.
    pub duties: Vec<Duty>,
    pub(crate) variables: Vec<(String, Expression)>,
}

/// A policy set.
#[derive(Debug, Clone)]
pub struct PolicySet {
    /// `PolicySetId`
    pub id: String,
    /// `Version`
    pub version: String,
    /// Which requests it is for.
    pub target: Target,
    /// `PolicyCombiningAlgId`
    pub combining: String,
    /// Members in order.
    pub members: Vec<Member>,
    /// Obligations and advice of the set itself.
    pub duties: Vec<Duty>,
}

/// A member of a policy set.
#[derive(Debug, Clone)]
pub enum Member {
    /// A policy.
    Policy(Policy),
    /// A policy set.
    Set(PolicySet),
    /// `PolicyIdReference`
    PolicyReference(String),
    /// `PolicySetIdReference`
    SetReference(String),
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `RuleId`
    pub id: String,
    /// What a match gives.
    pub effect: Effect,
    /// Text for people.
    pub description: String,
    /// Which requests it is for.
    pub target: Target,
    pub(crate) condition: Option<Expression>,
    pub(crate) duties: Vec<Duty>,
}

/// Conjunction of `AnyOf`; each a disjunction of `AllOf`; each a conjunction of `Match`.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// `AnyOf` elements.
    pub any_of: Vec<AnyOf>,
}

/// Alternatives, each a conjunction of matches.
pub type AnyOf = Vec<Vec<Match>>;

/// One comparison of a literal with the values of an attribute.
#[derive(Debug, Clone)]
pub struct Match {
    /// `MatchId`, the whole URN.
    pub function_id: String,
    /// Literal text as written.
    pub literal: String,
    /// Data type of the literal.
    pub data_type: DataType,
    /// Attribute compared; `None` for a selector, which is not evaluated.
    pub designator: Option<Designator>,
    pub(crate) function: Option<Function>,
    pub(crate) value: Value,
}

/// Names an attribute of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Designator {
    /// `AttributeId`
    pub attribute: String,
    /// `Category`
    pub category: String,
    /// `DataType`
    pub data_type: DataType,
    /// `Issuer`
    pub issuer: Option<String>,
    /// A missing attribute makes the evaluation indeterminate.
    pub must_be_present: bool,
}

/// An obligation or advice.
#[derive(Debug, Clone)]
pub struct Duty {
    /// `ObligationId` or `AdviceId`
    pub id: String,
    /// Advice may be ignored by the enforcer.
    pub advice: bool,
    /// Emitted when the decision is this.
    pub on: Effect,
    /// Assignments in order.
    pub assignments: Vec<Assignment>,
}

/// One assignment of a duty.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// `AttributeId`
    pub attribute: String,
    /// `Category`
    pub category: Option<String>,
    /// `Issuer`
    pub issuer: Option<String>,
    pub(crate) expression: Expression,
}

impl Assignment {
    /// The literal value, if the assignment is one.
    pub fn literal(&self) -> Option<String> {
        match &self.expression {
            Expression::Value(value) => Some(value.text()),
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Value(Value),
    /// An unknown function fails when it is evaluated, not when it is read.
    Apply(Option<Function>, String, Vec<Expression>),
    Function(Option<Function>, String),
    Variable(String),
    Designator(Designator),
    /// Selectors need XPath over request content, which is not evaluated.
    Selector {
        must_be_present: bool,
    },
}
