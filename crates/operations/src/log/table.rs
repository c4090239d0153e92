//! Rows as JSON and as CSV: one list of columns for each log.

use audit::{Actor, LookupRow, Row};
use serde_json::{Map, Value, json};

/// One row as a list of names and values.
pub trait Record {
    fn columns(&self) -> Vec<(&'static str, Value)>;
}

fn actor(actor: &Actor) -> [(&'static str, Value); 2] {
    [("actorKind", json!(actor.kind.word())), ("actor", json!(actor.id))]
}

impl Record for Row {
    fn columns(&self) -> Vec<(&'static str, Value)> {
        let detail = self.detail.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let [kind, id] = actor(&self.actor);
        vec![
            ("id", json!(self.id)),
            ("at", json!(self.at)),
            ("recordedAt", json!(self.recorded_at)),
            ("action", json!(self.action)),
            kind,
            id,
            ("onBehalfOf", json!(self.on_behalf_of)),
            ("resource", json!(self.resource)),
            ("subjectKind", json!(self.subject_kind)),
            ("subject", json!(self.subject)),
            ("decision", json!(self.decision)),
            ("trace", json!(self.trace)),
            ("client", json!(self.client)),
            ("session", json!(self.session)),
            ("detail", detail.unwrap_or(Value::Null)),
        ]
    }
}

impl Record for LookupRow {
    fn columns(&self) -> Vec<(&'static str, Value)> {
        let [kind, id] = actor(&self.actor);
        vec![
            ("id", json!(self.id)),
            ("at", json!(self.at)),
            ("recordedAt", json!(self.recorded_at)),
            ("operation", json!(self.operation)),
            ("purpose", json!(self.purpose)),
            ("person", json!(self.person)),
            kind,
            id,
            ("trace", json!(self.trace)),
            ("client", json!(self.client)),
            ("session", json!(self.session)),
        ]
    }
}

/// As a JSON object.
pub fn object(row: &impl Record) -> Value {
    Value::Object(
        row.columns().into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
    )
}

/// As CSV (RFC 4180) with a line of names, if there are rows.
pub fn csv(rows: &[impl Record]) -> String {
    let mut out = String::new();
    for (at, row) in rows.iter().enumerate() {
        let columns = row.columns();
        if at == 0 {
            line(&mut out, columns.iter().map(|(name, _)| (*name).to_owned()));
        }
        line(
            &mut out,
            columns.into_iter().map(|(_, value)| match value {
                Value::Null => String::new(),
                Value::String(text) => text,
                other => other.to_string(),
            }),
        );
    }
    out
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        // Spreadsheets run what begins like a formula.
        let formula = cell.starts_with(['=', '+', '-', '@', '\t']);
        let cell = if formula { format!("'{cell}") } else { cell };
        if cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn cells_are_quoted_and_no_formula_is_left() {
        let mut out = String::new();
        let cells = ["a", "b,c", "say \"hi\"", "=1+1", ""];
        line(&mut out, cells.into_iter().map(str::to_owned));
        assert_eq!(out, "a,\"b,c\",\"say \"\"hi\"\"\",'=1+1,\r\n");
    }
}
