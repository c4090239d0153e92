//! The response context.

use crate::request::Category;
use crate::value::DataType;

/// Status codes of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusCode {
    /// `…:ok`
    Ok,
    /// `…:missing-attribute`
    MissingAttribute,
    /// `…:syntax-error`
    SyntaxError,
    /// `…:processing-error`
    ProcessingError,
}

impl StatusCode {
    /// The URN.
    pub fn urn(self) -> &'static str {
        match self {
            Self::Ok => "urn:oasis:names:tc:xacml:1.0:status:ok",
            Self::MissingAttribute => "urn:oasis:names:tc:xacml:1.0:status:missing-attribute",
            Self::SyntaxError => "urn:oasis:names:tc:xacml:1.0:status:syntax-error",
            Self::ProcessingError => "urn:oasis:names:tc:xacml:1.0:status:processing-error",
        }
    }
}

/// Decision as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Allowed.
    Permit,
    /// Forbidden.
    Deny,
    /// Nothing applied.
    NotApplicable,
    /// Could not be evaluated.
    Indeterminate,
}

impl Decision {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Permit => "Permit",
            Self::Deny => "Deny",
            Self::NotApplicable => "NotApplicable",
            Self::Indeterminate => "Indeterminate",
        }
    }
}

/// Answers, one for each question.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// In the order of the questions.
    pub results: Vec<DecisionResult>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionResult {
    /// The decision.
    pub decision: Decision,
    /// Status code.
    pub status: StatusCode,
    /// Words about the status.
    pub message: Option<String>,
    /// Obligations to fulfil.
    pub obligations: Vec<FulfilledDuty>,
    /// Advice.
    pub advice: Vec<FulfilledDuty>,
    /// Attributes echoed.
    pub categories: Vec<Category>,
    /// Policies that applied: id, version, is it a set.
    pub policies: Vec<(String, String, bool)>,
}

impl DecisionResult {
    /// An answer of just a decision and a status.
    pub fn new(decision: Decision, status: StatusCode) -> Self {
        Self {
            decision,
            status,
            message: None,
            obligations: Vec::new(),
            advice: Vec::new(),
            categories: Vec::new(),
            policies: Vec::new(),
        }
    }
}

/// An obligation or advice with its values.
#[derive(Debug, Clone, PartialEq)]
pub struct FulfilledDuty {
    /// Id of the obligation or advice.
    pub id: String,
    /// Values assigned.
    pub assignments: Vec<AssignedValue>,
}

/// One value of a duty.
#[derive(Debug, Clone, PartialEq)]
pub struct AssignedValue {
    /// `AttributeId`
    pub attribute: String,
    /// `Category`
    pub category: Option<String>,
    /// `Issuer`
    pub issuer: Option<String>,
    /// Data type of the value.
    pub data_type: DataType,
    /// The value.
    pub value: String,
}
