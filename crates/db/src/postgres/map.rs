//! Values, rows and errors between us and tokio-postgres. The server's types of parameters and columns decide.

use std::error::Error as StdError;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use super::numeric;
use crate::error::NUL;
use crate::{Error, Result, Row, Value};

type Boxed = Box<dyn StdError + Sync + Send>;

/// A parameter that does not fit the server's type for it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unfit(String);

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match (self, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Bool(v), &Type::BOOL) => v.to_sql(ty, out),
            (Value::Int(v), &Type::INT8) => v.to_sql(ty, out),
            (Value::Int(v), &Type::INT4) => i32::try_from(*v).map_err(|_| over(*v, ty))?.to_sql(ty, out),
            (Value::Int(v), &Type::INT2) => i16::try_from(*v).map_err(|_| over(*v, ty))?.to_sql(ty, out),
            (Value::Int(v), &Type::NUMERIC) => digits(&v.to_string(), out),
            (Value::Float(v), &Type::FLOAT8) => v.to_sql(ty, out),
            (Value::Decimal(v) | Value::Text(v), &Type::NUMERIC) => digits(v, out),
            (Value::Text(v) | Value::Json(v), &Type::JSONB | &Type::JSON) => json(v, ty, out),
            (
                Value::Text(v) | Value::Json(v) | Value::Decimal(v),
                &Type::TEXT | &Type::VARCHAR | &Type::BPCHAR | &Type::NAME,
            ) => text(v, ty, out),
            (Value::Bytes(v), &Type::BYTEA) => v.to_sql(ty, out),
            (Value::Uuid(v), &Type::UUID) => v.to_sql(ty, out),
            (Value::Time(v), &Type::TIMESTAMPTZ) => v.to_sql(ty, out),
            (Value::List(items), _) if matches!(ty.kind(), Kind::Array(_)) => items.to_sql(ty, out),
            (Value::Invalid(why), _) => Err(Unfit(why.clone()).into()),
            (other, _) => Err(Unfit(format!("{} is no {ty}", other.kind())).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn over(value: i64, ty: &Type) -> Unfit {
    Unfit(format!("{value} does not fit in {ty}"))
}

fn digits(text: &str, out: &mut BytesMut) -> Result<IsNull, Boxed> {
    numeric::encode(text, out).map_err(Unfit)?;
    Ok(IsNull::No)
}

fn json(text: &str, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
    if *ty == Type::JSONB {
        out.extend_from_slice(&[1]);
    }
    nul_free(text)?;
    out.extend_from_slice(text.as_bytes());
    Ok(IsNull::No)
}

fn text(text: &str, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
    nul_free(text)?;
    text.to_sql(ty, out)
}

/// The server cannot keep NUL in a text and would fail the statement with a protocol error.
fn nul_free(text: &str) -> Result<(), Unfit> {
    if text.contains('\0') { Err(Unfit(NUL.into())) } else { Ok(()) }
}

/// A cell as the server sends it.
struct Cell(Value);

impl<'a> FromSql<'a> for Cell {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Cell, Boxed> {
        Ok(Cell(match *ty {
            Type::BOOL => Value::Bool(bool::from_sql(ty, raw)?),
            Type::INT2 => Value::Int(i16::from_sql(ty, raw)?.into()),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::FLOAT4 => Value::Float(f32::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Value::Float(f64::from_sql(ty, raw)?),
            Type::NUMERIC => Value::Decimal(numeric::decode(raw)?),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
                Value::Text(std::str::from_utf8(raw)?.to_owned())
            }
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            Type::UUID => Value::Uuid(uuid::Uuid::from_sql(ty, raw)?),
            Type::TIMESTAMPTZ => Value::Time(jiff::Timestamp::from_sql(ty, raw)?),
            Type::JSON => Value::Json(std::str::from_utf8(raw)?.to_owned()),
            Type::JSONB => Value::Json(std::str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned()),
            Type::VOID => Value::Null,
            _ => return Err(format!("columns of type {ty} are not read").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Cell, Boxed> {
        Ok(Cell(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Whether a column of this type can be read.
pub(super) fn readable(ty: &Type) -> bool {
    matches!(
        *ty,
        Type::BOOL
            | Type::INT2
            | Type::INT4
            | Type::INT8
            | Type::FLOAT4
            | Type::FLOAT8
            | Type::NUMERIC
            | Type::TEXT
            | Type::VARCHAR
            | Type::BPCHAR
            | Type::NAME
            | Type::UNKNOWN
            | Type::BYTEA
            | Type::UUID
            | Type::TIMESTAMPTZ
            | Type::JSON
            | Type::JSONB
            | Type::VOID
    )
}

pub(crate) fn row(statement: &'static str, row: &tokio_postgres::Row) -> Result<Row> {
    let cell = |column| {
        row.try_get::<_, Cell>(column).map(|Cell(value)| value).map_err(|e| Error::Decode {
            statement,
            column,
            reason: e.source().map_or_else(|| e.to_string(), ToString::to_string),
        })
    };
    Ok(Row::new(statement, (0..row.len()).map(cell).collect::<Result<_>>()?))
}

pub(crate) fn engine_error(statement: &'static str, error: tokio_postgres::Error) -> Error {
    if let Some(Unfit(reason)) = error.source().and_then(|e| e.downcast_ref()) {
        return Error::bind(statement, reason.clone());
    }
    let Some(told) = error.as_db_error() else {
        let io = error.source().filter(|e| e.is::<std::io::Error>());
        return if error.is_closed() || io.is_some() {
            let cause = io.map_or_else(|| error.to_string(), |io| format!("{error}: {io}"));
            Error::Retry(format!("connection lost: {cause}"))
        } else {
            Error::engine(statement, error)
        };
    };
    let constraint = || told.constraint().unwrap_or(told.message()).to_owned();
    match told.code().code() {
        "23505" => Error::Unique(columns(told.table(), told.detail()).unwrap_or_else(constraint)),
        "23503" => Error::ForeignKey(constraint()),
        "23502" => Error::Constraint(format!(
            "{}.{}",
            told.table().unwrap_or_default(),
            told.column().unwrap_or_default()
        )),
        "23514" => Error::Constraint(constraint()),
        "57014" => Error::Timeout(statement),
        "53100" => Error::Full(told.message().to_owned()),
        // serialization, deadlock, lock not available, a plan outdated by a migration, server going away, a pooler that
        // lost its server
        "40001" | "40P01" | "55P03" | "0A000" | "57P01" | "57P02" | "57P03" | "08000" | "08003" | "08006" => {
            Error::Retry(told.message().to_owned())
        }
        // read-only, as a standby is and a primary that became one; no connections left; no memory; the server's disk
        "25006" | "53000" | "53200" | "53300" | "58000" | "58030" => {
            Error::Storage(told.message().to_owned())
        }
        // The driver's own text is only "db error".
        code => Error::engine(statement, format!("{} ({code})", told.message())),
    }
}

/// `Key (a, b)=(…) already exists.` on table `t` as `t.a, t.b`, the way SQLite says it; never the values.
fn columns(table: Option<&str>, detail: Option<&str>) -> Option<String> {
    let (table, keys) = (table?, detail?.strip_prefix("Key (")?.split_once(")=(")?.0);
    Some(
        keys.split(", ")
            .map(|key| format!("{table}.{}", key.trim_matches('"')))
            .collect::<Vec<_>>()
            .join(", "),
    )
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn unique_violations_read_as_on_sqlite() {
        assert_eq!(
            columns(Some("t"), Some("Key (a, b)=(1, 2) already exists.")).as_deref(),
            Some("t.a, t.b")
        );
        assert_eq!(columns(Some("t"), Some("odd")), None);
    }
}
