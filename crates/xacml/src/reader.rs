//! Reads policies and policy sets from XML.

use crate::dom::{Element, ReadError, parse};
use crate::function::Function;
use crate::model::{
    AnyOf, Assignment, Designator, Duty, Effect, Expression, Match, Member, Policy, PolicyDocument,
    PolicySet, Rule, Target,
};
use crate::value::{DataType, Value};
use std::collections::HashMap;

/// Namespace of XACML 3.0.
pub const NAMESPACE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";

/// Reads a policy or a policy set. The error tells line, column and reason.
pub fn read_policy_document(xml: &str) -> Result<PolicyDocument, ReadError> {
    let root = parse(xml)?;
    let reader = Reader { xml };
    reader.in_namespace(&root)?;
    match root.name.as_str() {
        "Policy" => Ok(PolicyDocument::Policy(Box::new(reader.policy(&root)?))),
        "PolicySet" => Ok(PolicyDocument::Set(Box::new(reader.set(&root)?))),
        other => Err(reader.error(&root, format!("a Policy or PolicySet was wanted, not {other}"))),
    }
}

/// Reads a document that must be one policy.
pub fn read_policy(xml: &str) -> Result<Policy, ReadError> {
    match read_policy_document(xml)? {
        PolicyDocument::Policy(policy) => Ok(*policy),
        PolicyDocument::Set(_) => Err(ReadError::at(xml, 0, "a Policy was wanted, not a PolicySet")),
    }
}

/// Most nodes of an expression with its variables written out.
const MAX_EXPRESSION: usize = 10_000;

struct Reader<'a> {
    xml: &'a str,
}

/// Sizes of expressions with their variables written out.
struct Sizes<'a> {
    policy: &'a Policy,
    known: HashMap<&'a str, usize>,
    path: Vec<&'a str>,
}

impl<'a> Sizes<'a> {
    fn variable(&mut self, name: &'a str) -> Result<usize, String> {
        if let Some(size) = self.known.get(name) {
            return Ok(*size);
        }
        if self.path.contains(&name) {
            return Err(format!("variable {name} refers to itself"));
        }
        let policy = self.policy;
        let Some((_, expression)) = policy.variables.iter().find(|(id, _)| id == name) else {
            return Err(format!("variable {name} is not defined"));
        };
        self.path.push(name);
        let size = self.of(expression)?;
        self.path.pop();
        self.known.insert(name, size);
        Ok(size)
    }

    fn of(&mut self, expression: &'a Expression) -> Result<usize, String> {
        let size = match expression {
            Expression::Variable(name) => self.variable(name)?,
            Expression::Apply(_, _, arguments) => {
                arguments.iter().try_fold(0, |sum, argument| Ok::<_, String>(sum + self.of(argument)?))?
            }
            _ => 0,
        } + 1;
        if size > MAX_EXPRESSION { Err("an expression is too large".to_owned()) } else { Ok(size) }
    }
}

impl Reader<'_> {
    fn error(&self, element: &Element, reason: impl Into<String>) -> ReadError {
        ReadError::at(self.xml.strip_prefix('\u{feff}').unwrap_or(self.xml), element.offset, reason)
    }

    fn in_namespace(&self, element: &Element) -> Result<(), ReadError> {
        if element.namespace == NAMESPACE {
            Ok(())
        } else {
            Err(self.error(element, format!("{} is not in namespace {NAMESPACE}", element.name)))
        }
    }

    fn unknown(&self, element: &Element) -> ReadError {
        self.error(element, format!("element {} is not allowed here", element.name))
    }

    fn needed(&self, element: &Element, name: &str) -> Result<String, ReadError> {
        element
            .attribute(name)
            .map(|value| value.trim().to_owned())
            .ok_or_else(|| self.error(element, format!("{} lacks attribute {name}", element.name)))
    }

    fn policy(&self, element: &Element) -> Result<Policy, ReadError> {
        let mut policy = Policy {
            id: self.needed(element, "PolicyId")?,
            version: element.attribute("Version").unwrap_or("1.0").to_owned(),
            target: Target::default(),
            combining: self.needed(element, "RuleCombiningAlgId")?,
            rules: Vec::new(),
            duties: Vec::new(),
            variables: Vec::new(),
        };
        for child in &element.children {
            self.in_namespace(child)?;
            match child.name.as_str() {
                "Target" => policy.target = self.target(child)?,
                "Rule" => policy.rules.push(self.rule(child)?),
                "VariableDefinition" => {
                    policy.variables.push((self.needed(child, "VariableId")?, self.only_expression(child)?));
                }
                "ObligationExpressions" | "AdviceExpressions" => policy.duties.extend(self.duties(child)?),
                "Description"
                | "PolicyIssuer"
                | "PolicyDefaults"
                | "CombinerParameters"
                | "RuleCombinerParameters" => {}
                _ => return Err(self.unknown(child)),
            }
        }
        self.check_variables(element, &policy)?;
        Ok(policy)
    }

    /// Variables must exist, must not refer to themselves in a circle, and written out must stay small: a chain of
    /// variables that each use the next one twice would otherwise never end.
    fn check_variables(&self, element: &Element, policy: &Policy) -> Result<(), ReadError> {
        let mut sizes = Sizes { policy, known: HashMap::new(), path: Vec::new() };
        let duties = policy.duties.iter().chain(policy.rules.iter().flat_map(|rule| &rule.duties));
        policy
            .variables
            .iter()
            .map(|(_, expression)| expression)
            .chain(policy.rules.iter().filter_map(|rule| rule.condition.as_ref()))
            .chain(duties.flat_map(|duty| &duty.assignments).map(|assignment| &assignment.expression))
            .try_for_each(|expression| sizes.of(expression).map(|_| ()))
            .and_then(|()| policy.variables.iter().try_for_each(|(name, _)| sizes.variable(name).map(|_| ())))
            .map_err(|reason| self.error(element, reason))
    }

    fn set(&self, element: &Element) -> Result<PolicySet, ReadError> {
        let mut set = PolicySet {
            id: self.needed(element, "PolicySetId")?,
            version: element.attribute("Version").unwrap_or("1.0").to_owned(),
            target: Target::default(),
            combining: self.needed(element, "PolicyCombiningAlgId")?,
            members: Vec::new(),
            duties: Vec::new(),
        };
        for child in &element.children {
            self.in_namespace(child)?;
            match child.name.as_str() {
                "Target" => set.target = self.target(child)?,
                "Policy" => set.members.push(Member::Policy(self.policy(child)?)),
                "PolicySet" => set.members.push(Member::Set(self.set(child)?)),
                "PolicyIdReference" => {
                    set.members.push(Member::PolicyReference(child.text.trim().to_owned()));
                }
                "PolicySetIdReference" => {
                    set.members.push(Member::SetReference(child.text.trim().to_owned()));
                }
                "ObligationExpressions" | "AdviceExpressions" => set.duties.extend(self.duties(child)?),
                "Description"
                | "PolicyIssuer"
                | "PolicySetDefaults"
                | "CombinerParameters"
                | "PolicyCombinerParameters"
                | "PolicySetCombinerParameters" => {}
                _ => return Err(self.unknown(child)),
            }
        }
        Ok(set)
    }

    fn rule(&self, element: &Element) -> Result<Rule, ReadError> {
        let effect = self.needed(element, "Effect")?;
        let mut rule = Rule {
            id: self.needed(element, "RuleId")?,
            effect: self.effect(element, &effect)?,
            description: String::new(),
            target: Target::default(),
            condition: None,
            duties: Vec::new(),
        };
        for child in &element.children {
            self.in_namespace(child)?;
            match child.name.as_str() {
                "Description" => child.text.trim().clone_into(&mut rule.description),
                "Target" => rule.target = self.target(child)?,
                "Condition" => rule.condition = Some(self.only_expression(child)?),
                "ObligationExpressions" | "AdviceExpressions" => rule.duties.extend(self.duties(child)?),
                _ => return Err(self.unknown(child)),
            }
        }
        Ok(rule)
    }

    fn effect(&self, element: &Element, word: &str) -> Result<Effect, ReadError> {
        match word {
            "Permit" => Ok(Effect::Permit),
            "Deny" => Ok(Effect::Deny),
            other => Err(self.error(element, format!("{other:?} is neither Permit nor Deny"))),
        }
    }

    fn target(&self, element: &Element) -> Result<Target, ReadError> {
        let mut target = Target::default();
        for any_of in &element.children {
            self.expect(any_of, "AnyOf")?;
            let mut alternatives: AnyOf = Vec::new();
            for all_of in &any_of.children {
                self.expect(all_of, "AllOf")?;
                let mut matches = Vec::new();
                for found in &all_of.children {
                    self.expect(found, "Match")?;
                    matches.push(self.matching(found)?);
                }
                alternatives.push(self.not_empty(all_of, matches)?);
            }
            target.any_of.push(self.not_empty(any_of, alternatives)?);
        }
        Ok(target)
    }

    fn not_empty<T>(&self, element: &Element, items: Vec<T>) -> Result<Vec<T>, ReadError> {
        if items.is_empty() {
            Err(self.error(element, format!("{} is empty", element.name)))
        } else {
            Ok(items)
        }
    }

    fn expect(&self, element: &Element, name: &str) -> Result<(), ReadError> {
        self.in_namespace(element)?;
        if element.name == name { Ok(()) } else { Err(self.unknown(element)) }
    }

    fn matching(&self, element: &Element) -> Result<Match, ReadError> {
        let function_id = self.needed(element, "MatchId")?;
        let [literal, reference] = element.children.as_slice() else {
            return Err(self.error(element, "Match needs an AttributeValue and an AttributeDesignator"));
        };
        self.expect(literal, "AttributeValue")?;
        self.in_namespace(reference)?;
        let designator = match reference.name.as_str() {
            "AttributeDesignator" => Some(self.designator(reference)?),
            "AttributeSelector" => None,
            _ => return Err(self.unknown(reference)),
        };
        let value = self.value(literal)?;
        Ok(Match {
            function: Function::from_urn(&function_id),
            function_id,
            literal: literal.text.clone(),
            data_type: value.data_type(),
            designator,
            value,
        })
    }

    fn value(&self, element: &Element) -> Result<Value, ReadError> {
        if let Some(child) = element.children.first() {
            return Err(self.unknown(child));
        }
        let data_type = DataType::from_uri(&self.needed(element, "DataType")?);
        Value::parse(&data_type, &element.text).map_err(|reason| self.error(element, reason))
    }

    fn designator(&self, element: &Element) -> Result<Designator, ReadError> {
        Ok(Designator {
            attribute: self.needed(element, "AttributeId")?,
            category: self.needed(element, "Category")?,
            data_type: DataType::from_uri(&self.needed(element, "DataType")?),
            issuer: element.attribute("Issuer").map(str::to_owned),
            must_be_present: self.flag(element, "MustBePresent")?,
        })
    }

    fn flag(&self, element: &Element, name: &str) -> Result<bool, ReadError> {
        match element.attribute(name).map(str::trim) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => Err(self.error(element, format!("{name} is {other:?}, not true or false"))),
        }
    }

    fn only_expression(&self, element: &Element) -> Result<Expression, ReadError> {
        match element.children.as_slice() {
            [only] => self.expression(only),
            _ => Err(self.error(element, format!("{} holds exactly one expression", element.name))),
        }
    }

    fn expression(&self, element: &Element) -> Result<Expression, ReadError> {
        self.in_namespace(element)?;
        Ok(match element.name.as_str() {
            "AttributeValue" => Expression::Value(self.value(element)?),
            "AttributeDesignator" => Expression::Designator(self.designator(element)?),
            "AttributeSelector" => {
                Expression::Selector { must_be_present: self.flag(element, "MustBePresent")? }
            }
            "VariableReference" => Expression::Variable(self.needed(element, "VariableId")?),
            "Function" => {
                let id = self.needed(element, "FunctionId")?;
                Expression::Function(Function::from_urn(&id), id)
            }
            "Apply" => {
                let id = self.needed(element, "FunctionId")?;
                let arguments = element
                    .children
                    .iter()
                    .filter(|child| child.name != "Description")
                    .map(|child| self.expression(child))
                    .collect::<Result<Vec<_>, _>>()?;
                Expression::Apply(Function::from_urn(&id), id, arguments)
            }
            _ => return Err(self.unknown(element)),
        })
    }

    fn duties(&self, element: &Element) -> Result<Vec<Duty>, ReadError> {
        element.children.iter().map(|child| self.duty(child)).collect()
    }

    fn duty(&self, element: &Element) -> Result<Duty, ReadError> {
        self.in_namespace(element)?;
        let (id, on, advice) = match element.name.as_str() {
            "ObligationExpression" => ("ObligationId", "FulfillOn", false),
            "AdviceExpression" => ("AdviceId", "AppliesTo", true),
            _ => return Err(self.unknown(element)),
        };
        let effect = self.needed(element, on)?;
        let assignments = element
            .children
            .iter()
            .map(|child| {
                self.expect(child, "AttributeAssignmentExpression")?;
                Ok(Assignment {
                    attribute: self.needed(child, "AttributeId")?,
                    category: child.attribute("Category").map(str::to_owned),
                    issuer: child.attribute("Issuer").map(str::to_owned),
                    expression: self.only_expression(child)?,
                })
            })
            .collect::<Result<Vec<_>, ReadError>>()?;
        Ok(Duty { id: self.needed(element, id)?, advice, on: self.effect(element, &effect)?, assignments })
    }
}
