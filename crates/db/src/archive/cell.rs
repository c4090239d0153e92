//! A row as a line of JSON, the same from both engines.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Kind, Table};
use crate::{FromValue as _, Value};

/// Deeper than any document that a parser of ours lets in.
const DEEPEST: u32 = 256;

/// Writes a row of `table` and a line end.
pub(super) fn encode(table: &Table, cells: &[Value], out: &mut Vec<u8>) -> Result<(), String> {
    let mut text = String::from("[");
    for (column, cell) in table.columns.iter().zip(cells) {
        if text.len() > 1 {
            text.push(',');
        }
        put(column.kind, cell, &mut text)
            .map_err(|reason| format!("{}.{}: {reason}", table.name, column.name))?;
    }
    text.push_str("]\n");
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

fn put(kind: Kind, cell: &Value, out: &mut String) -> Result<(), String> {
    use std::fmt::Write as _;
    if *cell == Value::Null {
        out.push_str("null");
        return Ok(());
    }
    match kind {
        Kind::Id => write!(out, "\"{}\"", Uuid::from_value(cell)?),
        Kind::Ts => match cell {
            Value::Time(at) => write!(out, "{}", at.as_microsecond()),
            other => write!(out, "{}", i64::from_value(other)?),
        },
        Kind::Bool => write!(out, "{}", bool::from_value(cell)?),
        Kind::Key | Kind::Int | Kind::Serial => write!(out, "{}", i64::from_value(cell)?),
        Kind::Bytes => write!(out, "\"{}\"", STANDARD.encode(Vec::<u8>::from_value(cell)?)),
        Kind::Real => write!(out, "\"{}\"", f64::from_value(cell)?),
        Kind::Dec => write!(out, "\"{}\"", String::from_value(cell)?),
        Kind::Text => return quote(&String::from_value(cell)?, out),
        Kind::Json => {
            let mut canonical_text = String::new();
            canonical(&String::from_value(cell)?, DEEPEST, &mut canonical_text)?;
            return quote(&canonical_text, out);
        }
    }
    .map_err(|e| e.to_string())
}

fn quote(text: &str, out: &mut String) -> Result<(), String> {
    out.push_str(&serde_json::to_string(text).map_err(|e| e.to_string())?);
    Ok(())
}

/// PostgreSQL keeps JSON as a value and gives it back in an order of its own; SQLite keeps the text. Members by name, the last
/// of several with one name, no white space, numbers without exponent: so both give the same text.
fn canonical(text: &str, depth: u32, out: &mut String) -> Result<(), String> {
    let wrong = |e: serde_json::Error| format!("no JSON: {e}");
    let text = text.trim();
    let depth = depth.checked_sub(1).ok_or("nested too deeply")?;
    match text.bytes().next() {
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(wrong)?;
            out.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                quote(&name, out)?;
                out.push(':');
                canonical(value.get(), depth, out)?;
            }
            out.push('}');
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(wrong)?;
            out.push('[');
            for (at, value) in items.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                canonical(value.get(), depth, out)?;
            }
            out.push(']');
        }
        Some(b'"') => quote(&serde_json::from_str::<String>(text).map_err(wrong)?, out)?,
        Some(b'-' | b'0'..=b'9') => out.push_str(&number(text)?),
        _ => out.push_str(serde_json::from_str::<&RawValue>(text).map_err(wrong)?.get()),
    }
    Ok(())
}

/// A JSON number as PostgreSQL's numeric writes it: digits and a point, no negative zero.
fn number(text: &str) -> Result<String, String> {
    let wrong = || format!("{text} is no number that can be kept");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent: i64 = exponent.parse().map_err(|_| wrong())?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if exponent.abs() > 10_000 || all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let point = whole.len() as i64 + exponent;
    let padded = if point <= 0 {
        format!("{}{all}", "0".repeat(point.unsigned_abs() as usize + 1))
    } else {
        format!("{all}{}", "0".repeat((point - all.len() as i64).max(0) as usize))
    };
    let (whole, fraction) = padded.split_at(if point <= 0 { 1 } else { point as usize });
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let zero = whole == "0" && fraction.bytes().all(|b| b == b'0');
    let dot = if fraction.is_empty() { "" } else { "." };
    Ok(format!("{}{whole}{dot}{fraction}", if zero { "" } else { sign }))
}

/// Reads a line back into parameters of the columns' types.
pub(super) fn decode(table: &Table, line: &[u8]) -> Result<Vec<Value>, String> {
    let cells: Vec<serde_json::Value> = serde_json::from_slice(line).map_err(|e| e.to_string())?;
    if cells.len() != table.columns.len() {
        return Err(format!("a row of {} has {} cells", table.name, cells.len()));
    }
    let get = |(cell, column): (serde_json::Value, &super::Column)| {
        take(column.kind, cell)
            .ok_or_else(|| format!("a cell of {}.{} is of another type", table.name, column.name))
    };
    cells.into_iter().zip(&table.columns).map(get).collect()
}

fn take(kind: Kind, cell: serde_json::Value) -> Option<Value> {
    use serde_json::Value as J;
    Some(match (kind, cell) {
        (_, J::Null) => Value::Null,
        (Kind::Id, J::String(text)) => Value::Uuid(Uuid::try_parse(&text).ok()?),
        (Kind::Ts, J::Number(micros)) => Value::Time(time(micros.as_i64()?)?),
        (Kind::Bool, J::Bool(is)) => Value::Bool(is),
        (Kind::Key | Kind::Int | Kind::Serial, J::Number(number)) => Value::Int(number.as_i64()?),
        (Kind::Bytes, J::String(text)) => Value::Bytes(STANDARD.decode(text).ok()?),
        (Kind::Real, J::String(text)) => Value::Float(text.parse().ok()?),
        (Kind::Dec, J::String(text)) => Value::Decimal(text),
        (Kind::Text, J::String(text)) => Value::Text(text),
        (Kind::Json, J::String(text)) => Value::Json(text),
        _ => return None,
    })
}

/// Up to the last microsecond that can be told, which `from_microsecond` refuses.
fn time(micros: i64) -> Option<Timestamp> {
    Timestamp::new(micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000) as i32 * 1000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_one_text() {
        let text = |json: &str| {
            let mut out = String::new();
            canonical(json, DEEPEST, &mut out).map(|()| out)
        };
        assert_eq!(
            text(r#" {"bb": 1, "a": [1.50, -0, 1e2, 1.5E-3, -12.5e1, "\u00e5"], "bb": null} "#).unwrap(),
            r#"{"a":[1.50,0,100,0.0015,-125,"å"],"bb":null}"#
        );
        assert_eq!(text("0.0e3").unwrap(), "0");
        assert!(text("{").is_err() && text("").is_err() && text("1e99999").is_err());
        assert!(text(&"[".repeat(1000)).is_err());
    }
}
