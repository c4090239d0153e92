//! Bodies: what `json_from` takes is JSON under its bounds, and what it refuses has a reason.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    match httpkit::json_from::<Value>(data) {
        Ok(value) => {
            assert!(!has_nul(&value));
            assert_eq!(serde_json::from_slice::<Value>(data).expect("it is JSON"), value);
        }
        Err((_, reason)) => assert!(!reason.is_empty()),
    }
});

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}
