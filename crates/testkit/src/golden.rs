//! Comparison of JSON with a golden, with a difference a person can read.

use std::{fmt, path::Path};

use serde_json::Value;

/// One place where two documents differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// JSON pointer to the place.
    pub pointer: String,
    /// What the golden holds there.
    pub want: Option<Value>,
    /// What was found there.
    pub found: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), Value::to_string);
        let at = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{at}\n    wanted {}\n    found  {}", show(&self.want), show(&self.found))
    }
}

/// Every place where `found` differs from `golden`. In the golden, the text `"{any}"` stands for any value that is there,
/// `"{uuid}"` for a UUID, `"{time}"` for an RFC 3339 time, `"{text}"` for a text that is not empty, `"{number}"` for a number.
pub fn differences(golden: &Value, found: &Value) -> Vec<Difference> {
    let mut out = Vec::new();
    compare(Some(golden), Some(found), &mut String::new(), &mut out);
    out
}

fn matches(pattern: &str, found: &Value) -> bool {
    match pattern {
        "{any}" => true,
        "{uuid}" => found.as_str().is_some_and(|s| uuid::Uuid::try_parse(s).is_ok()),
        "{time}" => found.as_str().is_some_and(|s| s.parse::<jiff::Timestamp>().is_ok()),
        "{text}" => found.as_str().is_some_and(|s| !s.is_empty()),
        "{number}" => found.is_number(),
        text => found.as_str() == Some(text),
    }
}

fn compare(want: Option<&Value>, found: Option<&Value>, pointer: &mut String, out: &mut Vec<Difference>) {
    let mark = pointer.len();
    match (want, found) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                compare(a.get(key), b.get(key), pointer, out);
                pointer.truncate(mark);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for i in 0..a.len().max(b.len()) {
                pointer.push('/');
                pointer.push_str(&i.to_string());
                compare(a.get(i), b.get(i), pointer, out);
                pointer.truncate(mark);
            }
        }
        (Some(Value::String(pattern)), Some(found)) if matches(pattern, found) => {}
        (want, found) if want == found => {}
        (want, found) => {
            out.push(Difference { pointer: pointer.clone(), want: want.cloned(), found: found.cloned() });
        }
    }
}

/// Fails with every difference when `found` is not the golden.
#[track_caller]
pub fn assert_json(found: &Value, golden: &Value) {
    let all = differences(golden, found);
    assert!(
        all.is_empty(),
        "{} difference(s):\n{}\nwhole answer: {found:#}",
        all.len(),
        all.iter().map(Difference::to_string).collect::<Vec<_>>().join("\n")
    );
}

/// The same with the golden in a file. A golden is written from the specification, never recorded from our own answer, so
/// there is no switch that updates it.
#[track_caller]
pub fn assert_json_file(found: &Value, golden: impl AsRef<Path>) {
    let golden = golden.as_ref();
    let text = std::fs::read_to_string(golden).unwrap_or_else(|e| panic!("{}: {e}", golden.display()));
    let golden = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", golden.display()));
    assert_json(found, &golden);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_difference_is_named_by_its_place() {
        let golden = json!({"id": "{uuid}", "at": "{time}", "a/b": [1, {"x": null}], "gone": 1});
        let found =
            json!({"id": "0190b5f0-0000-7000-8000-000000000001", "at": "yesterday", "a/b": [1, {"x": 2}, 3]});
        let places: Vec<_> = differences(&golden, &found).into_iter().map(|d| d.pointer).collect();
        assert_eq!(places, ["/a~1b/1/x", "/a~1b/2", "/at", "/gone"]);
    }

    #[test]
    fn a_golden_matches_itself_and_its_patterns() {
        let golden = json!({"a": "{any}", "n": "{number}", "t": "{text}"});
        assert_eq!(differences(&golden, &json!({"a": null, "n": 1.5, "t": "x"})), []);
        assert_eq!(differences(&golden, &json!({"a": null, "n": "1.5", "t": ""})).len(), 2);
    }
}
