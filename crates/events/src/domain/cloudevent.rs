//! CloudEvents 1.0 in structured JSON, and resource URNs.

use serde_json::{Map, Value};

/// Names of the mandatory attributes that are missing or not text, comma-separated; `None` when all are there.
pub fn missing(event: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| event.get(name).and_then(Value::as_str).is_some_and(|value| !value.is_empty());
    let absent: Vec<_> =
        ["id", "source", "type", "specversion"].into_iter().filter(|name| !text(name)).collect();
    (!absent.is_empty()).then(|| absent.join(", "))
}

/// Longest `id` and `source`, in bytes: together they are the key of an event.
pub const MAX_KEY: usize = 1000;

/// The first of `id` and `source` that is too long.
pub fn too_long(event: &Map<String, Value>) -> Option<&'static str> {
    let long = |name: &str| event.get(name).and_then(Value::as_str).is_some_and(|text| text.len() > MAX_KEY);
    ["id", "source"].into_iter().find(|name| long(name))
}

/// The first attribute name that CloudEvents does not allow.
pub fn bad_name(event: &Map<String, Value>) -> Option<&String> {
    event.keys().find(|name| !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// Is `text` a URN of the pattern `^urn:[a-z0-9-]{1,30}(:[a-z0-9()+,.\-;$_!\/]{1,100}){1,10}$`.
pub fn is_resource_urn(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"()+,.-;$_!/".contains(&byte);
    let mut parts = text.split(':');
    let scheme = parts.next() == Some("urn");
    let namespace = parts.next().is_some_and(|part| {
        (1..=30).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    });
    let rest: Vec<_> = parts.collect();
    scheme
        && namespace
        && (1..=10).contains(&rest.len())
        && rest.iter().all(|part| (1..=100).contains(&part.len()) && part.bytes().all(allowed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn resource_urns_follow_the_published_pattern() {
        assert!(is_resource_urn("urn:altinn:resource:ske-innrapportering-boligsameie"));
        for bad in [
            "altinn:resource:x",
            "urn:altinn",
            "urn:Altinn:resource:x",
            "urn:altinn:resource:X",
            "urn:altinn::x",
        ] {
            assert!(!is_resource_urn(bad), "{bad}");
        }
    }

    #[test]
    fn missing_attributes_are_all_named() {
        let Value::Object(event) = json!({"source": "a", "specversion": "1.0"}) else { panic!("an object") };
        assert_eq!(missing(&event).unwrap(), "id, type");
    }
}
