//! Application of functions to evaluated arguments.

use crate::function::{Arithmetic, Fault, Function, Outcome, Shape};
use crate::value::{DataType, Value};
use regex::Regex;
use std::cell::RefCell;
use std::collections::HashMap;

fn wrong(what: &str) -> Fault {
    Fault::Processing(what.to_owned())
}

pub(crate) fn boolean(outcome: Outcome) -> Result<bool, Fault> {
    match outcome {
        Outcome::One(Value::Boolean(value)) => Ok(value),
        _ => Err(wrong("a boolean was wanted")),
    }
}

fn one(outcome: Outcome) -> Result<Value, Fault> {
    match outcome {
        Outcome::One(value) => Ok(value),
        _ => Err(wrong("a single value was wanted")),
    }
}

fn bag(outcome: Outcome) -> Result<Vec<Value>, Fault> {
    match outcome {
        Outcome::Bag(values) => Ok(values),
        _ => Err(wrong("a bag was wanted")),
    }
}

fn integer(value: &Value) -> Result<i128, Fault> {
    match value {
        Value::Integer(number) => Ok(*number),
        _ => Err(wrong("an integer was wanted")),
    }
}

fn double(value: &Value) -> Result<f64, Fault> {
    match value {
        Value::Double(number) => Ok(*number),
        _ => Err(wrong("a double was wanted")),
    }
}

fn text(value: &Value) -> Result<&str, Fault> {
    match value {
        Value::Text(_, text) => Ok(text),
        _ => Err(wrong("a text was wanted")),
    }
}

fn typed(value: &Value, data_type: &DataType) -> Result<(), Fault> {
    if value.data_type() == *data_type {
        Ok(())
    } else {
        Err(Fault::Processing(format!("a {} was wanted", data_type.uri())))
    }
}

struct Arguments(std::vec::IntoIter<Outcome>);

impl Arguments {
    fn next(&mut self) -> Result<Outcome, Fault> {
        self.0.next().ok_or_else(|| wrong("too few arguments"))
    }
    fn one(&mut self) -> Result<Value, Fault> {
        one(self.next()?)
    }
    fn bag(&mut self) -> Result<Vec<Value>, Fault> {
        bag(self.next()?)
    }
}

/// Applies a function to evaluated arguments. `or`, `and` and `n-of` are here for use in higher-order functions; in an
/// `Apply` their arguments are evaluated one by one, see `expression`.
pub(crate) fn apply(function: &Function, arguments: Vec<Outcome>) -> Result<Outcome, Fault> {
    let mut arguments = Arguments(arguments.into_iter());
    let outcome = match function {
        Function::Or | Function::And | Function::NOf | Function::Not => logic(function, &mut arguments)?,
        Function::Arithmetic(data_type, operation) => arithmetic(data_type, *operation, &mut arguments)?,
        Function::OneAndOnly(_)
        | Function::BagSize(_)
        | Function::IsIn(_)
        | Function::Bag(_)
        | Function::Intersection(_)
        | Function::AtLeastOneMemberOf(_)
        | Function::Union(_)
        | Function::Subset(_)
        | Function::SetEquals(_) => return bags(function, &mut arguments),
        Function::HigherOrder(shape) => Value::Boolean(higher_order(*shape, &mut arguments)?),
        Function::Map => return map(&mut arguments),
        _ => scalar(function, &mut arguments)?,
    };
    if arguments.0.next().is_some() {
        return Err(wrong("too many arguments"));
    }
    Ok(Outcome::One(outcome))
}

fn logic(function: &Function, arguments: &mut Arguments) -> Result<Value, Fault> {
    let wanted = match function {
        Function::NOf => Some(integer(&arguments.one()?)?),
        Function::Not => return Ok(Value::Boolean(!boolean(arguments.next()?)?)),
        _ => None,
    };
    let values = arguments.0.by_ref().map(boolean).collect::<Result<Vec<bool>, Fault>>()?;
    let held = values.iter().filter(|value| **value).count();
    Ok(Value::Boolean(match (function, wanted) {
        (_, Some(wanted)) => held as i128 >= wanted,
        (Function::Or, None) => held > 0,
        _ => held == values.len(),
    }))
}

fn arithmetic(
    data_type: &DataType,
    operation: Arithmetic,
    arguments: &mut Arguments,
) -> Result<Value, Fault> {
    let mut total = arguments.one()?;
    typed(&total, data_type)?;
    let mut next = arguments.one()?;
    loop {
        total = match (total, &next) {
            (Value::Integer(a), Value::Integer(b)) => {
                let result = match operation {
                    Arithmetic::Add => a.checked_add(*b),
                    Arithmetic::Subtract => a.checked_sub(*b),
                    Arithmetic::Multiply => a.checked_mul(*b),
                    Arithmetic::Divide => a.checked_div(*b),
                    Arithmetic::Modulo => a.checked_rem(*b),
                };
                Value::Integer(result.ok_or_else(|| wrong("the integer operation has no result"))?)
            }
            (Value::Double(a), Value::Double(b)) => Value::Double(match operation {
                Arithmetic::Add => a + b,
                Arithmetic::Subtract => a - b,
                Arithmetic::Multiply => a * b,
                Arithmetic::Divide if *b == 0.0 => return Err(wrong("division by zero")),
                Arithmetic::Divide => a / b,
                Arithmetic::Modulo => return Err(wrong("doubles have no remainder")),
            }),
            _ => return Err(wrong("numbers of one type were wanted")),
        };
        match arguments.0.next() {
            Some(more) if matches!(operation, Arithmetic::Add | Arithmetic::Multiply) => next = one(more)?,
            Some(_) => return Err(wrong("too many arguments")),
            None => return Ok(total),
        }
    }
}

fn contains(values: &[Value], value: &Value) -> bool {
    values.iter().any(|candidate| candidate.same(value))
}

fn set(values: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let mut unique: Vec<Value> = Vec::new();
    for value in values {
        if !contains(&unique, &value) {
            unique.push(value);
        }
    }
    unique
}

fn bags(function: &Function, arguments: &mut Arguments) -> Result<Outcome, Fault> {
    let is_subset = |a: &[Value], b: &[Value]| a.iter().all(|value| contains(b, value));
    let outcome = match function {
        Function::Bag(data_type) => {
            let values = arguments.0.by_ref().map(one).collect::<Result<Vec<Value>, Fault>>()?;
            values.iter().try_for_each(|value| typed(value, data_type))?;
            Outcome::Bag(values)
        }
        Function::OneAndOnly(data_type) => {
            let mut values = arguments.bag()?.into_iter();
            match (values.next(), values.next()) {
                (Some(value), None) => {
                    typed(&value, data_type)?;
                    Outcome::One(value)
                }
                (None, _) => return Err(Fault::EmptyBag),
                _ => return Err(wrong("there is more than one value")),
            }
        }
        Function::BagSize(_) => Outcome::One(Value::Integer(arguments.bag()?.len() as i128)),
        Function::IsIn(data_type) => {
            let value = arguments.one()?;
            typed(&value, data_type)?;
            // WIRE: as a Match function the second argument is one value, which is then compared (authorization.md §7.2).
            match arguments.next()? {
                Outcome::Bag(values) => Outcome::One(Value::Boolean(contains(&values, &value))),
                Outcome::One(single) => Outcome::One(Value::Boolean(single.same(&value))),
                Outcome::Function(_) => return Err(wrong("a bag was wanted")),
            }
        }
        Function::Union(_) => {
            let mut all = Vec::new();
            for more in arguments.0.by_ref() {
                all.extend(bag(more)?);
            }
            Outcome::Bag(set(all))
        }
        Function::Intersection(_) => {
            let (a, b) = (arguments.bag()?, arguments.bag()?);
            Outcome::Bag(set(a.into_iter().filter(|value| contains(&b, value))))
        }
        _ => {
            let (a, b) = (arguments.bag()?, arguments.bag()?);
            Outcome::One(Value::Boolean(match function {
                Function::AtLeastOneMemberOf(_) => a.iter().any(|value| contains(&b, value)),
                Function::Subset(_) => is_subset(&a, &b),
                _ => is_subset(&a, &b) && is_subset(&b, &a),
            }))
        }
    };
    Ok(outcome)
}

fn scalar(function: &Function, arguments: &mut Arguments) -> Result<Value, Fault> {
    let first = arguments.one()?;
    Ok(match function {
        Function::Equal(data_type) => {
            let second = arguments.one()?;
            typed(&first, data_type)?;
            typed(&second, data_type)?;
            Value::Boolean(first.same(&second))
        }
        Function::EqualIgnoreCase => {
            Value::Boolean(text(&first)?.to_lowercase() == text(&arguments.one()?)?.to_lowercase())
        }
        Function::Order(data_type, wanted) => {
            let second = arguments.one()?;
            typed(&first, data_type)?;
            typed(&second, data_type)?;
            Value::Boolean(first.order(&second).is_some_and(|order| wanted.contains(&order)))
        }
        Function::InRange => {
            let (low, high) = (arguments.one()?, arguments.one()?);
            let (Value::Time(at), Value::Time(low), Value::Time(high)) = (first, low, high) else {
                return Err(wrong("times were wanted"));
            };
            let low = low.with_zone_of(&at);
            let high = high.with_zone_of(&at);
            let high = if high.instant() < low.instant() { high.next_day() } else { high };
            let within = |time: i128| low.instant() <= time && time <= high.instant();
            Value::Boolean(within(at.instant()) || within(at.next_day().instant()))
        }
        Function::Abs(_) => match first {
            Value::Integer(number) => {
                Value::Integer(number.checked_abs().ok_or_else(|| wrong("the integer is too large"))?)
            }
            other => Value::Double(double(&other)?.abs()),
        },
        Function::Round => Value::Double(double(&first)?.round_ties_even()),
        Function::Floor => Value::Double(double(&first)?.floor()),
        Function::DoubleToInteger => Value::Integer(double(&first)?.trunc() as i128),
        #[expect(clippy::cast_precision_loss, reason = "what the function is for")]
        Function::IntegerToDouble => Value::Double(integer(&first)? as f64),
        Function::NormalizeSpace => Value::string(text(&first)?.trim()),
        Function::NormalizeLowerCase => Value::string(text(&first)?.to_lowercase()),
        Function::AddDuration(data_type, duration, subtract) => {
            let second = arguments.one()?;
            typed(&first, data_type)?;
            typed(&second, duration)?;
            add_duration(&first, &second, *subtract)?
        }
        Function::Concatenate => {
            let mut joined = text(&first)?.to_owned();
            for more in arguments.0.by_ref() {
                joined.push_str(text(&one(more)?)?);
            }
            Value::string(joined)
        }
        Function::UriConcatenate => {
            let mut joined = text(&first)?.to_owned();
            for more in arguments.0.by_ref() {
                joined.push_str(text(&one(more)?)?);
            }
            Value::Text(DataType::AnyUri, joined)
        }
        // The first argument is the part sought, the second the text.
        Function::Contains => Value::Boolean(text(&arguments.one()?)?.contains(text(&first)?)),
        Function::StartsWith => Value::Boolean(text(&arguments.one()?)?.starts_with(text(&first)?)),
        Function::EndsWith => Value::Boolean(text(&arguments.one()?)?.ends_with(text(&first)?)),
        Function::Substring => {
            let (from, to) = (integer(&arguments.one()?)?, integer(&arguments.one()?)?);
            substring(text(&first)?, from, to)?
        }
        Function::FromString(data_type) => {
            Value::parse(data_type, text(&first)?).map_err(Fault::Processing)?
        }
        Function::ToString(data_type) => {
            typed(&first, data_type)?;
            Value::string(first.text())
        }
        Function::Regexp(_) => Value::Boolean(regexp_match(text(&first)?, text(&arguments.one()?)?)?),
        Function::X500Match => {
            let second = arguments.one()?;
            let (suffix, name) = (text(&first)?, text(&second)?);
            Value::Boolean(name == suffix || name.ends_with(&format!(",{suffix}")))
        }
        Function::Rfc822Match => {
            let second = arguments.one()?;
            Value::Boolean(rfc822_match(text(&first)?, text(&second)?))
        }
        _ => return Err(wrong("the function takes other arguments")),
    })
}

fn add_duration(at: &Value, duration: &Value, subtract: bool) -> Result<Value, Fault> {
    let sign = if subtract { -1 } else { 1 };
    let moved = |at: &crate::time::DateTime| match duration {
        Value::DayTime(micros) => at.add_micros(micros * sign),
        Value::YearMonth(months) => at.add_months(months * i64::try_from(sign).unwrap_or(1)),
        _ => None,
    };
    let out_of_range = || wrong("the date is out of range");
    Ok(match at {
        Value::DateTime(at) => Value::DateTime(moved(at).ok_or_else(out_of_range)?),
        Value::Date(at) => Value::Date(moved(at).ok_or_else(out_of_range)?),
        _ => return Err(wrong("a date was wanted")),
    })
}

fn substring(text: &str, from: i128, to: i128) -> Result<Value, Fault> {
    let length = text.chars().count() as i128;
    let to = if to == -1 { length } else { to };
    if from < 0 || to < from || to > length {
        return Err(wrong("the substring is out of range"));
    }
    Ok(Value::string(text.chars().skip(from as usize).take((to - from) as usize).collect::<String>()))
}

fn rfc822_match(pattern: &str, name: &str) -> bool {
    let Some((local, domain)) = name.rsplit_once('@') else { return false };
    match pattern.rsplit_once('@') {
        Some((want_local, want_domain)) => want_local == local && want_domain.eq_ignore_ascii_case(domain),
        None if pattern.starts_with('.') => domain.to_lowercase().ends_with(&pattern.to_lowercase()),
        None => pattern.eq_ignore_ascii_case(domain),
    }
}

/// Patterns are compiled once a thread; a policy has few of them.
fn regexp_match(pattern: &str, text: &str) -> Result<bool, Fault> {
    const KEPT: usize = 256;
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::new(HashMap::new());
    }
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(regex) = compiled.get(pattern) {
            return Ok(regex.is_match(text));
        }
        let regex = regex::RegexBuilder::new(pattern)
            .size_limit(1 << 20)
            .build()
            .map_err(|error| Fault::Processing(format!("bad pattern: {error}")))?;
        let matched = regex.is_match(text);
        if compiled.len() >= KEPT {
            compiled.clear();
        }
        compiled.insert(pattern.to_owned(), regex);
        Ok(matched)
    })
}

fn function_argument(arguments: &mut Arguments) -> Result<Function, Fault> {
    match arguments.next()? {
        Outcome::Function(function) => Ok(function),
        _ => Err(wrong("a function was wanted")),
    }
}

fn higher_order(shape: Shape, arguments: &mut Arguments) -> Result<bool, Fault> {
    let function = function_argument(arguments)?;
    if matches!(shape, Shape::AnyOf | Shape::AllOf) {
        let mut plain = Vec::new();
        let mut many = None;
        for argument in arguments.0.by_ref() {
            match argument {
                Outcome::Bag(values) if many.is_none() => many = Some((plain.len(), values)),
                Outcome::One(_) => plain.push(argument),
                _ => return Err(wrong("one bag was wanted")),
            }
        }
        let (place, values) = many.ok_or_else(|| wrong("a bag was wanted"))?;
        for value in values {
            let mut call = plain.clone();
            call.insert(place, Outcome::One(value));
            if boolean(apply(&function, call)?)? == (shape == Shape::AnyOf) {
                return Ok(shape == Shape::AnyOf);
            }
        }
        return Ok(shape == Shape::AllOf);
    }
    if shape == Shape::AnyOfAny {
        let lists = arguments
            .0
            .by_ref()
            .map(|argument| match argument {
                Outcome::Bag(values) => Ok(values),
                Outcome::One(value) => Ok(vec![value]),
                Outcome::Function(_) => Err(wrong("values were wanted")),
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        return any_combination(&function, &lists, &mut Vec::new());
    }
    let (a, b) = (arguments.bag()?, arguments.bag()?);
    let holds = |x: &Value, y: &Value| {
        boolean(apply(&function, vec![Outcome::One(x.clone()), Outcome::One(y.clone())])?)
    };
    match shape {
        Shape::AllOfAny => all(&a, |x| any(&b, |y| holds(x, y))),
        Shape::AnyOfAll => any(&a, |x| all(&b, |y| holds(x, y))),
        _ => all(&a, |x| all(&b, |y| holds(x, y))),
    }
}

fn any(values: &[Value], mut holds: impl FnMut(&Value) -> Result<bool, Fault>) -> Result<bool, Fault> {
    for value in values {
        if holds(value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn all(values: &[Value], mut holds: impl FnMut(&Value) -> Result<bool, Fault>) -> Result<bool, Fault> {
    Ok(!any(values, |value| holds(value).map(|held| !held))?)
}

fn any_combination(
    function: &Function,
    lists: &[Vec<Value>],
    chosen: &mut Vec<Outcome>,
) -> Result<bool, Fault> {
    let Some((first, rest)) = lists.split_first() else { return boolean(apply(function, chosen.clone())?) };
    for value in first {
        chosen.push(Outcome::One(value.clone()));
        let held = any_combination(function, rest, chosen)?;
        chosen.pop();
        if held {
            return Ok(true);
        }
    }
    Ok(false)
}

fn map(arguments: &mut Arguments) -> Result<Outcome, Fault> {
    let function = function_argument(arguments)?;
    let mut plain = Vec::new();
    let mut many = None;
    for argument in arguments.0.by_ref() {
        match argument {
            Outcome::Bag(values) if many.is_none() => many = Some((plain.len(), values)),
            other => plain.push(other),
        }
    }
    let (place, values) = many.ok_or_else(|| wrong("a bag was wanted"))?;
    let mapped = values
        .into_iter()
        .map(|value| {
            let mut call = plain.clone();
            call.insert(place, Outcome::One(value));
            one(apply(&function, call)?)
        })
        .collect::<Result<Vec<Value>, Fault>>()?;
    Ok(Outcome::Bag(mapped))
}
