//! Evaluation of expressions against a request.

use crate::apply::{apply, boolean};
use crate::function::{Fault, Function, Outcome};
use crate::model::{Designator, Expression};
use crate::request::{ENVIRONMENT, Request};
use crate::time::DateTime;
use crate::value::{DataType, Value};
use jiff::Timestamp;

/// What an expression may look at.
pub(crate) struct Scope<'a> {
    pub(crate) request: &'a Request,
    pub(crate) now: Timestamp,
    pub(crate) variables: &'a [(String, Expression)],
}

impl Scope<'_> {
    pub(crate) fn evaluate(&self, expression: &Expression) -> Result<Outcome, Fault> {
        match expression {
            Expression::Value(value) => Ok(Outcome::One(value.clone())),
            Expression::Designator(designator) => Ok(Outcome::Bag(self.bag(designator)?)),
            Expression::Selector { must_be_present: true } => {
                Err(Fault::Syntax("attribute selectors are not evaluated".to_owned()))
            }
            Expression::Selector { must_be_present: false } => Ok(Outcome::Bag(Vec::new())),
            Expression::Function(Some(function), _) => Ok(Outcome::Function(function.clone())),
            Expression::Variable(name) => {
                let found = self.variables.iter().find(|(id, _)| id == name);
                let (_, expression) =
                    found.ok_or_else(|| Fault::Processing(format!("no variable {name}")))?;
                self.evaluate(expression)
            }
            Expression::Apply(Some(function), _, arguments) => self.call(function, arguments),
            Expression::Apply(None, id, _) | Expression::Function(None, id) => {
                Err(Fault::Processing(format!("unknown function {id}")))
            }
        }
    }

    fn call(&self, function: &Function, arguments: &[Expression]) -> Result<Outcome, Fault> {
        let settled = |value| Ok(Outcome::One(Value::Boolean(value)));
        match function {
            Function::Or | Function::And => {
                let stop = *function == Function::Or;
                for argument in arguments {
                    if boolean(self.evaluate(argument)?)? == stop {
                        return settled(stop);
                    }
                }
                settled(!stop)
            }
            Function::NOf => {
                let Some((first, rest)) = arguments.split_first() else {
                    return Err(Fault::Processing("n-of needs a number".to_owned()));
                };
                let Outcome::One(Value::Integer(mut wanted)) = self.evaluate(first)? else {
                    return Err(Fault::Processing("n-of needs a number".to_owned()));
                };
                if wanted > rest.len() as i128 {
                    return Err(Fault::Processing("n-of has too few arguments".to_owned()));
                }
                for argument in rest {
                    if wanted <= 0 {
                        break;
                    }
                    wanted -= i128::from(boolean(self.evaluate(argument)?)?);
                }
                settled(wanted <= 0)
            }
            _ => {
                let values =
                    arguments.iter().map(|argument| self.evaluate(argument)).collect::<Result<_, _>>()?;
                apply(function, values)
            }
        }
    }

    /// The values of an attribute that have the designator's type.
    pub(crate) fn bag(&self, designator: &Designator) -> Result<Vec<Value>, Fault> {
        let mut values = Vec::new();
        for category in self.request.categories.iter().filter(|entry| entry.category == designator.category) {
            for attribute in category.attributes.iter().filter(|entry| entry.id == designator.attribute) {
                if designator.issuer.is_some() && designator.issuer != attribute.issuer {
                    continue;
                }
                for (data_type, text) in
                    attribute.values.iter().filter(|(kind, _)| *kind == designator.data_type)
                {
                    values.push(Value::parse(data_type, text).map_err(Fault::Syntax)?);
                }
            }
        }
        if values.is_empty() {
            values.extend(self.clock(designator));
        }
        if values.is_empty() && designator.must_be_present {
            return Err(Fault::Missing(designator.category.clone(), designator.attribute.clone()));
        }
        Ok(values)
    }

    /// The time attributes that the decision point supplies when the request does not.
    fn clock(&self, designator: &Designator) -> Option<Value> {
        if designator.category != ENVIRONMENT {
            return None;
        }
        let name = designator.attribute.strip_prefix("urn:oasis:names:tc:xacml:1.0:environment:current-")?;
        let now = DateTime::at(self.now);
        match (name, &designator.data_type) {
            ("time", DataType::Time) => Some(Value::Time(now.time_only())),
            ("date", DataType::Date) => Some(Value::Date(now.date_only())),
            ("dateTime", DataType::DateTime) => Some(Value::DateTime(now)),
            _ => None,
        }
    }
}
