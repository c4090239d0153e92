//! The functions of XACML 3.0 that need neither XPath nor the network: their names.

use crate::apply::{apply, boolean};
use crate::value::{DataType, Value};
use std::cmp::Ordering;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A required attribute is missing: category and id.
    Missing(String, String),
    /// One value was wanted and there was none.
    EmptyBag,
    /// The literal, function or argument types are at fault.
    Processing(String),
    /// A construct that is not evaluated.
    Syntax(String),
}

/// What an expression gives.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    One(Value),
    Bag(Vec<Value>),
    Function(Function),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    AnyOf,
    AllOf,
    AnyOfAny,
    AllOfAny,
    AnyOfAll,
    AllOfAll,
}

/// A function, resolved when the policy is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Function {
    Equal(DataType),
    EqualIgnoreCase,
    Order(DataType, &'static [Ordering]),
    InRange,
    Arithmetic(DataType, Arithmetic),
    Abs(DataType),
    Round,
    Floor,
    DoubleToInteger,
    IntegerToDouble,
    NormalizeSpace,
    NormalizeLowerCase,
    Or,
    And,
    NOf,
    Not,
    OneAndOnly(DataType),
    BagSize(DataType),
    IsIn(DataType),
    Bag(DataType),
    Intersection(DataType),
    AtLeastOneMemberOf(DataType),
    Union(DataType),
    Subset(DataType),
    SetEquals(DataType),
    AddDuration(DataType, DataType, bool),
    Concatenate,
    UriConcatenate,
    Contains,
    StartsWith,
    EndsWith,
    Substring,
    FromString(DataType),
    ToString(DataType),
    Regexp(DataType),
    X500Match,
    Rfc822Match,
    HigherOrder(Shape),
    Map,
}

const LESS: &[Ordering] = &[Ordering::Less];
const AT_MOST: &[Ordering] = &[Ordering::Less, Ordering::Equal];
const GREATER: &[Ordering] = &[Ordering::Greater];
const AT_LEAST: &[Ordering] = &[Ordering::Greater, Ordering::Equal];

impl Function {
    /// From its URN; `None` for one that is not known.
    pub(crate) fn from_urn(urn: &str) -> Option<Self> {
        let rest = urn.strip_prefix("urn:oasis:names:tc:xacml:")?;
        let (version, name) = rest.split_once(":function:")?;
        if !matches!(version, "1.0" | "2.0" | "3.0") {
            return None;
        }
        if let Some(function) = Self::by_whole_name(name) {
            return Some(function);
        }
        if let Some(target) = name.strip_prefix("string-from-") {
            return Some(Self::ToString(DataType::from_short_name(target)?));
        }
        let (type_name, operation) = name.split_once('-')?;
        let data_type = DataType::from_short_name(type_name)?;
        Self::by_operation(data_type, operation)
    }

    fn by_whole_name(name: &str) -> Option<Self> {
        Some(match name {
            "string-equal-ignore-case" => Self::EqualIgnoreCase,
            "time-in-range" => Self::InRange,
            "round" => Self::Round,
            "floor" => Self::Floor,
            "string-normalize-space" => Self::NormalizeSpace,
            "string-normalize-to-lower-case" => Self::NormalizeLowerCase,
            "double-to-integer" => Self::DoubleToInteger,
            "integer-to-double" => Self::IntegerToDouble,
            "or" => Self::Or,
            "and" => Self::And,
            "n-of" => Self::NOf,
            "not" => Self::Not,
            "string-concatenate" => Self::Concatenate,
            "uri-string-concatenate" => Self::UriConcatenate,
            "x500Name-match" => Self::X500Match,
            "rfc822Name-match" => Self::Rfc822Match,
            "any-of" => Self::HigherOrder(Shape::AnyOf),
            "all-of" => Self::HigherOrder(Shape::AllOf),
            "any-of-any" => Self::HigherOrder(Shape::AnyOfAny),
            "all-of-any" => Self::HigherOrder(Shape::AllOfAny),
            "any-of-all" => Self::HigherOrder(Shape::AnyOfAll),
            "all-of-all" => Self::HigherOrder(Shape::AllOfAll),
            "map" => Self::Map,
            _ => return None,
        })
    }

    fn by_operation(data_type: DataType, operation: &str) -> Option<Self> {
        use DataType::{DayTimeDuration, YearMonthDuration};
        Some(match operation {
            "equal" => Self::Equal(data_type),
            "greater-than" => Self::Order(data_type, GREATER),
            "greater-than-or-equal" => Self::Order(data_type, AT_LEAST),
            "less-than" => Self::Order(data_type, LESS),
            "less-than-or-equal" => Self::Order(data_type, AT_MOST),
            "add" => Self::Arithmetic(data_type, Arithmetic::Add),
            "subtract" => Self::Arithmetic(data_type, Arithmetic::Subtract),
            "multiply" => Self::Arithmetic(data_type, Arithmetic::Multiply),
            "divide" => Self::Arithmetic(data_type, Arithmetic::Divide),
            "mod" => Self::Arithmetic(data_type, Arithmetic::Modulo),
            "abs" => Self::Abs(data_type),
            "one-and-only" => Self::OneAndOnly(data_type),
            "bag-size" => Self::BagSize(data_type),
            "is-in" => Self::IsIn(data_type),
            "bag" => Self::Bag(data_type),
            "intersection" => Self::Intersection(data_type),
            "at-least-one-member-of" => Self::AtLeastOneMemberOf(data_type),
            "union" => Self::Union(data_type),
            "subset" => Self::Subset(data_type),
            "set-equals" => Self::SetEquals(data_type),
            "add-dayTimeDuration" => Self::AddDuration(data_type, DayTimeDuration, false),
            "subtract-dayTimeDuration" => Self::AddDuration(data_type, DayTimeDuration, true),
            "add-yearMonthDuration" => Self::AddDuration(data_type, YearMonthDuration, false),
            "subtract-yearMonthDuration" => Self::AddDuration(data_type, YearMonthDuration, true),
            "contains" => Self::Contains,
            "starts-with" => Self::StartsWith,
            "ends-with" => Self::EndsWith,
            "substring" => Self::Substring,
            "from-string" => Self::FromString(data_type),
            "regexp-match" => Self::Regexp(data_type),
            _ => return None,
        })
    }

    /// Does the comparison hold between a literal and one value of an attribute?
    pub(crate) fn holds(&self, literal: &Value, value: &Value) -> Result<bool, Fault> {
        match self {
            Self::Equal(_) => Ok(literal.same(value)),
            _ => boolean(apply(self, vec![Outcome::One(literal.clone()), Outcome::One(value.clone())])?),
        }
    }
}
