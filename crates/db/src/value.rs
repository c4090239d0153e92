//! Parameters and cells.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A parameter of a statement or a cell of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL of any type.
    Null,
    /// Truth.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A binary fraction; never money.
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An id.
    Uuid(Uuid),
    /// A point in time, cut to microseconds.
    Time(Timestamp),
    /// JSON text.
    Json(String),
    /// A decimal number in its own digits.
    Decimal(String),
    /// A list for `IN {in:n}`; all elements of one kind.
    List(Vec<Value>),
    /// A value that could not be made; binding it is an error that tells why.
    Invalid(String),
}

impl Value {
    /// A list parameter for `IN {in:n}`.
    pub fn list<T: Clone + Into<Value>>(items: &[T]) -> Value {
        Value::List(items.iter().cloned().map(Into::into).collect())
    }

    /// A decimal parameter from its digits, for a `{dec}` column.
    pub fn decimal(digits: impl Into<String>) -> Value {
        Value::Decimal(digits.into())
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
            Value::Uuid(_) => "uuid",
            Value::Time(_) => "time",
            Value::Json(_) => "json",
            Value::Decimal(_) => "decimal",
            Value::List(_) => "list",
            Value::Invalid(_) => "invalid",
        }
    }
}

/// Builds the parameters of a statement: `&params![id, &name, None::<i64>]`.
#[macro_export]
macro_rules! params {
    () => { { const NONE: [$crate::Value; 0] = []; NONE } };
    ($($value:expr),+ $(,)?) => { [$($crate::Value::from($value)),+] };
}

/// A JSON document as a parameter or a cell.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

macro_rules! from {
    ($($from:ty, $v:ident => $to:expr;)*) => { $(
        impl From<$from> for Value { fn from($v: $from) -> Value { $to } }
    )* };
}
from! {
    bool, v => Value::Bool(v);
    i16, v => Value::Int(v.into());
    i32, v => Value::Int(v.into());
    i64, v => Value::Int(v);
    u8, v => Value::Int(v.into());
    u16, v => Value::Int(v.into());
    u32, v => Value::Int(v.into());
    u64, v => whole(v);
    usize, v => whole(v);
    f64, v => Value::Float(v);
    String, v => Value::Text(v);
    &str, v => Value::Text(v.to_owned());
    std::borrow::Cow<'_, str>, v => Value::Text(v.into_owned());
    Vec<u8>, v => Value::Bytes(v);
    &[u8], v => Value::Bytes(v.to_vec());
    Uuid, v => Value::Uuid(v);
    serde_json::Value, v => Value::Json(v.to_string());
    Box<serde_json::value::RawValue>, v => Value::Json(v.get().to_owned());
}

fn whole<T: TryInto<i64> + std::fmt::Display + Copy>(v: T) -> Value {
    v.try_into().map_or_else(|_| Value::Invalid(format!("{v} is over 63 bits")), Value::Int)
}

impl From<Timestamp> for Value {
    /// Cut to microseconds, so that both engines give back what was written.
    fn from(at: Timestamp) -> Value {
        Value::Time(Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at))
    }
}
impl<T: Serialize> From<Json<T>> for Value {
    fn from(json: Json<T>) -> Value {
        serde_json::to_string(&json.0).map_or_else(|e| Value::Invalid(e.to_string()), Value::Json)
    }
}
impl<T> From<Option<T>> for Value
where
    Value: From<T>,
{
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Value::from)
    }
}
impl<T: Clone> From<&T> for Value
where
    Value: From<T>,
{
    fn from(value: &T) -> Value {
        Value::from(value.clone())
    }
}

/// A type that can be read from a cell. Both engines' forms of the same logical type are accepted.
pub trait FromValue: Sized {
    /// Reads the cell; the error tells what was there instead.
    fn from_value(value: &Value) -> Result<Self, String>;
}

fn wrong<T>(want: &str, value: &Value) -> Result<T, String> {
    Err(format!("wanted {want}, found {}", value.kind()))
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, String> {
        if *value == Value::Null { Ok(None) } else { T::from_value(value).map(Some) }
    }
}
impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Self, String> {
        Ok(value.clone())
    }
}
impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bool(v) => Ok(*v),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => wrong("bool", other),
        }
    }
}
impl FromValue for i64 {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Int(v) => Ok(*v),
            // sum(bigint) is numeric on PostgreSQL
            Value::Decimal(d) => d.parse().map_err(|_| format!("wanted int, found decimal {d}")),
            other => wrong("int", other),
        }
    }
}
macro_rules! narrow {
    ($($to:ty)*) => { $(impl FromValue for $to {
        fn from_value(value: &Value) -> Result<Self, String> {
            let wide = i64::from_value(value)?;
            <$to>::try_from(wide).map_err(|_| format!("{wide} does not fit in {}", stringify!($to)))
        }
    })* };
}
narrow! { i16 i32 u8 u16 u32 u64 usize }
impl FromValue for f64 {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Float(v) => Ok(*v),
            Value::Decimal(d) => d.parse().map_err(|_| format!("wanted float, found decimal {d}")),
            other => wrong("float", other),
        }
    }
}
impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(v) | Value::Json(v) | Value::Decimal(v) => Ok(v.clone()),
            other => wrong("text", other),
        }
    }
}
impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bytes(v) => Ok(v.clone()),
            other => wrong("bytes", other),
        }
    }
}
impl FromValue for Uuid {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Uuid(v) => Ok(*v),
            Value::Bytes(v) => Uuid::from_slice(v).map_err(|e| e.to_string()),
            other => wrong("uuid", other),
        }
    }
}
impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Time(v) => Ok(*v),
            Value::Int(micros) => Timestamp::from_microsecond(*micros).map_err(|e| e.to_string()),
            other => wrong("time", other),
        }
    }
}
impl<T: DeserializeOwned> FromValue for Json<T> {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Json(v) | Value::Text(v) => serde_json::from_str(v).map(Json).map_err(|e| e.to_string()),
            other => wrong("json", other),
        }
    }
}
impl FromValue for serde_json::Value {
    fn from_value(value: &Value) -> Result<Self, String> {
        Json::from_value(value).map(|Json(v)| v)
    }
}
impl FromValue for Box<serde_json::value::RawValue> {
    fn from_value(value: &Value) -> Result<Self, String> {
        Json::from_value(value).map(|Json(v)| v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_cut_to_what_both_engines_keep() {
        let at: Timestamp = "2026-01-01T00:00:00.123456789Z".parse().unwrap();
        assert_eq!(Value::from(at), Value::Time("2026-01-01T00:00:00.123456Z".parse().unwrap()));
    }

    #[test]
    fn wrong_kinds_are_errors_that_say_so() {
        assert_eq!(bool::from_value(&Value::Int(2)).unwrap_err(), "wanted bool, found int");
        assert_eq!(i16::from_value(&Value::Int(70_000)).unwrap_err(), "70000 does not fit in i16");
        assert!(Uuid::from_value(&Value::Bytes(vec![1])).is_err());
        assert_eq!(i64::from_value(&Value::Null).unwrap_err(), "wanted int, found null");
        assert_eq!(Option::<i64>::from_value(&Value::Null).unwrap(), None);
        assert_eq!(Value::from(u64::MAX), Value::Invalid("18446744073709551615 is over 63 bits".into()));
    }
}
