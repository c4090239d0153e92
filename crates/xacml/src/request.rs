//! The request context.

use crate::value::DataType;
use std::borrow::Cow;

/// Category of the one who asks.
pub const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
/// Category of what is asked for.
pub const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
/// Category of what is to be done.
pub const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
/// Category of circumstances.
pub const ENVIRONMENT: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:environment";
/// Attribute that names the action.
pub const ACTION_ID: &str = "urn:oasis:names:tc:xacml:1.0:action:action-id";

/// A question to a policy.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// The answer is to list the policies that applied.
    pub return_policy_ids: bool,
    /// Several answers are to be folded into one.
    pub combined_decision: bool,
    /// Attributes by category; a category may occur several times.
    pub categories: Vec<Category>,
    /// References by `Id` of categories, one list for each single question.
    pub multi: Vec<Vec<String>>,
}

/// Attributes of one category.
#[derive(Debug, Clone, PartialEq)]
pub struct Category {
    /// `Category` URI.
    pub category: Cow<'static, str>,
    /// `xml:id`, what a multi-request refers to.
    pub id: Option<String>,
    /// Attributes in order; one id may occur several times.
    pub attributes: Vec<Attribute>,
}

/// One attribute with its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// `AttributeId`
    pub id: Cow<'static, str>,
    /// `Issuer`
    pub issuer: Option<String>,
    /// Echoed in the answer.
    pub include_in_result: bool,
    /// Data type and text of each value.
    pub values: Vec<(DataType, String)>,
}

impl Attribute {
    /// An attribute of one string value that is not echoed.
    pub fn string(id: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            issuer: None,
            include_in_result: false,
            values: vec![(DataType::String, value.into())],
        }
    }
}

impl Category {
    /// An empty category.
    pub fn new(category: impl Into<Cow<'static, str>>) -> Self {
        Self { category: category.into(), id: None, attributes: Vec::new() }
    }
}

impl Request {
    /// Every value of an attribute, in order.
    pub fn values<'a>(&'a self, category: &'a str, attribute: &'a str) -> impl Iterator<Item = &'a str> {
        self.categories
            .iter()
            .filter(move |entry| entry.category == category)
            .flat_map(|entry| &entry.attributes)
            .filter(move |entry| entry.id == attribute)
            .flat_map(|entry| &entry.values)
            .map(|(_, text)| text.as_str())
    }

    /// First value of an attribute.
    pub fn first<'a>(&'a self, category: &'a str, attribute: &'a str) -> Option<&'a str> {
        self.values(category, attribute).next()
    }

    /// Adds an attribute to the first entry of a category, which is made when there is none.
    pub fn add(&mut self, category: &'static str, attribute: Attribute) {
        match self.categories.iter_mut().find(|entry| entry.category == category) {
            Some(entry) => entry.attributes.push(attribute),
            None => self.categories.push(Category {
                category: category.into(),
                id: None,
                attributes: vec![attribute],
            }),
        }
    }

    /// The single questions of a multi-request by the standard: every reference picks categories by id. `None` in a
    /// place where a reference names no category.
    pub fn split(&self) -> Vec<Option<Request>> {
        self.multi
            .iter()
            .map(|references| {
                let picked: Option<Vec<Category>> = references
                    .iter()
                    .map(|reference| {
                        self.categories.iter().find(|entry| entry.id.as_deref() == Some(reference)).cloned()
                    })
                    .collect();
                picked.map(|categories| Request { categories, multi: Vec::new(), ..self.clone() })
            })
            .collect()
    }
}
