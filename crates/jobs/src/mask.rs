//! What operators may not see of a message.

use serde_json::{Map, Value};
use telemetry::redact;

/// Members whose values are secrets, by a part of their names.
const SECRETS: [&str; 7] =
    ["token", "secret", "password", "authorization", "assertion", "cookie", "endpoint"];

/// Text without identity numbers and tokens.
pub(crate) fn text(text: &str) -> String {
    redact(text).into_owned()
}

/// A payload without secrets, identity numbers and tokens.
pub(crate) fn payload(value: Value) -> Value {
    match value {
        Value::String(words) => Value::String(text(&words)),
        Value::Number(number) => {
            let plain = number.to_string();
            let masked = text(&plain);
            if masked == plain { Value::Number(number) } else { Value::String(masked) }
        }
        Value::Array(items) => items.into_iter().map(payload).collect(),
        Value::Object(members) => Value::Object(members.into_iter().map(member).collect::<Map<_, _>>()),
        other => other,
    }
}

fn member((name, value): (String, Value)) -> (String, Value) {
    let lower = name.to_ascii_lowercase();
    let secret = SECRETS.iter().any(|part| lower.contains(part));
    (text(&name), if secret { Value::String("[secret]".into()) } else { payload(value) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn identity_numbers_tokens_and_secrets_are_taken_out_wherever_they_stand() {
        let given = json!({
            "party": "urn:altinn:person:identifier-no:21879498012", "number": 21_879_498_012_i64, "row": 17,
            "clientSecret": {"a": "b"}, "list": ["eyJhbGciOiJub25lIn0.e30.c2ln", true, null],
            "21879498012": "x", "endpoint": "https://example.com/hook?key=1",
        });
        let masked = payload(given);
        assert_eq!(
            masked,
            json!({
                "party": "urn:altinn:person:identifier-no:***********", "number": "***********", "row": 17,
                "clientSecret": "[secret]", "list": ["[token]", true, null], "***********": "x", "endpoint": "[secret]",
            })
        );
    }
}
