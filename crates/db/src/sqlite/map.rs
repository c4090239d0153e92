//! Values, rows and errors between us and rusqlite.

use rusqlite::{
    Connection, ErrorCode, params_from_iter,
    types::{ToSqlOutput, Value as Owned, ValueRef},
};

use crate::error::NUL;
use crate::{Error, Result, Row, Value};

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Bool(v) => i64::from(*v).into(),
            Value::Int(v) => (*v).into(),
            Value::Float(v) => (*v).into(),
            // As PostgreSQL has it, so that what one engine takes the other takes too.
            Value::Text(v) | Value::Json(v) if v.contains('\0') => return Err(unbindable(NUL)),
            Value::Text(v) | Value::Json(v) | Value::Decimal(v) => {
                ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes()))
            }
            Value::Bytes(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v)),
            Value::Uuid(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v.as_bytes())),
            Value::Time(v) => v.as_microsecond().into(),
            Value::List(items) => ToSqlOutput::Owned(Owned::Text(list(items)?)),
            Value::Invalid(why) => return Err(unbindable(why)),
        })
    }
}

fn unbindable(why: &str) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(why.into())
}

fn list(items: &[Value]) -> rusqlite::Result<String> {
    let items = items.iter().map(|item| {
        Ok(match item {
            Value::Int(v) => (*v).into(),
            Value::Bool(v) => i64::from(*v).into(),
            Value::Time(v) => v.as_microsecond().into(),
            Value::Text(v) | Value::Decimal(v) => v.as_str().into(),
            Value::Uuid(v) => serde_json::json!([v.simple().to_string()]),
            other => return Err(unbindable(&format!("a list cannot hold {}", other.kind()))),
        })
    });
    Ok(serde_json::Value::Array(items.collect::<rusqlite::Result<_>>()?).to_string())
}

fn cell(value: ValueRef<'_>) -> rusqlite::Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(v) => Value::Int(v),
        ValueRef::Real(v) => Value::Float(v),
        ValueRef::Text(v) => Value::Text(std::str::from_utf8(v)?.to_owned()),
        ValueRef::Blob(v) => Value::Bytes(v.to_vec()),
    })
}

pub(crate) fn run_query(
    conn: &Connection,
    name: &'static str,
    text: &str,
    params: &[Value],
) -> Result<Vec<Row>> {
    let mut out = Vec::new();
    let mut keep = |row| {
        out.push(row);
        Ok(())
    };
    each(conn, name, text, params, &mut keep)?;
    Ok(out)
}

/// Rows one by one, for a read that may be larger than the memory.
pub(crate) fn each_row(
    conn: &Connection,
    name: &'static str,
    text: &str,
    mut take: impl FnMut(Row) -> Result<()>,
) -> Result<()> {
    each(conn, name, text, &[], &mut take)
}

fn each(
    conn: &Connection,
    name: &'static str,
    text: &str,
    params: &[Value],
    take: &mut dyn FnMut(Row) -> Result<()>,
) -> Result<()> {
    let fail = |e| engine_error(name, e);
    let mut statement = conn.prepare_cached(text).map_err(fail)?;
    let columns = statement.column_count();
    let mut rows = statement.query(params_from_iter(params)).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        let cells = (0..columns).map(|i| cell(row.get_ref(i)?)).collect::<rusqlite::Result<_>>();
        take(Row::new(name, cells.map_err(fail)?))?;
    }
    Ok(())
}

pub(crate) fn run_execute(
    conn: &Connection,
    name: &'static str,
    text: &str,
    params: &[Value],
) -> Result<u64> {
    let fail = |e| engine_error(name, e);
    let mut statement = conn.prepare_cached(text).map_err(fail)?;
    if statement.column_count() == 0 {
        return Ok(statement.execute(params_from_iter(params)).map_err(fail)? as u64);
    }
    // With RETURNING the rows must be stepped through; the count is theirs, as on PostgreSQL.
    let mut rows = statement.query(params_from_iter(params)).map_err(fail)?;
    let mut count = 0;
    while rows.next().map_err(fail)?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// Tells of a statement that held an async worker for so long that it should be marked `Heavy`.
pub(crate) fn watch<T>(name: &'static str, run: impl FnOnce() -> T) -> T {
    let begun = std::time::Instant::now();
    let done = run();
    let took = begun.elapsed();
    if took > std::time::Duration::from_millis(50) {
        tracing::warn!(statement = name, ?took, "slow statement on an async worker");
    }
    done
}

pub(crate) fn engine_error(name: &'static str, error: rusqlite::Error) -> Error {
    use rusqlite::ffi;
    match &error {
        rusqlite::Error::SqliteFailure(code, text) => {
            let text = || text.clone().unwrap_or_default();
            let after = || text().split_once(": ").map_or_else(text, |(_, what)| what.to_owned());
            match (code.code, code.extended_code) {
                (
                    _,
                    ffi::SQLITE_CONSTRAINT_UNIQUE
                    | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                    | ffi::SQLITE_CONSTRAINT_ROWID,
                ) => Error::Unique(after()),
                (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Error::ForeignKey(name.to_owned()),
                (ErrorCode::ConstraintViolation, _) => Error::Constraint(after()),
                (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Error::Retry(text()),
                (ErrorCode::DiskFull, _) => Error::Full(text()),
                (ErrorCode::OperationInterrupted, _) => Error::Timeout(name),
                (ErrorCode::ReadOnly | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen, code) => {
                    Error::Storage(format!("{} ({code})", text()))
                }
                _ => Error::engine(name, error),
            }
        }
        rusqlite::Error::ToSqlConversionFailure(why) => Error::bind(name, why.to_string()),
        rusqlite::Error::InvalidParameterCount(..) => {
            Error::Bind { statement: name, reason: error.to_string() }
        }
        _ => Error::engine(name, error),
    }
}
