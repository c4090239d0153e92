#![doc = include_str!("../README.md")]

mod apply;
mod combine;
mod compiled;
mod dom;
mod equalities;
mod expression;
mod function;
mod model;
mod reader;
mod request;
mod request_json;
mod request_xml;
mod response;
mod response_json;
mod response_xml;
mod standard;
mod time;
mod value;

pub use compiled::{CompiledPolicy, MINIMUM_LEVEL, RuleTrace, Verdict};
pub use dom::ReadError;
pub use model::{
    AnyOf, Assignment, Designator, Duty, Effect, Match, Member, Policy, PolicyDocument, PolicySet, Rule,
    Target,
};
pub use reader::{NAMESPACE, read_policy, read_policy_document};
pub use request::{ACTION, ACTION_ID, Attribute, Category, ENVIRONMENT, RESOURCE, Request, SUBJECT};
pub use request_json::{Profile, read_request_json};
pub use request_xml::read_request_xml;
pub use response::{AssignedValue, Decision, DecisionResult, FulfilledDuty, Response, StatusCode};
pub use response_json::{write_platform_json, write_response_json};
pub use response_xml::write_response_xml;
pub use standard::evaluate;
pub use value::DataType;
