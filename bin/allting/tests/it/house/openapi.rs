//! `openapi/allting.json` describes the endpoints that only Allting has.

use crate::support::app;
use serde_json::Value;
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../../../../openapi/allting.json");

#[tokio::test]
async fn every_endpoint_of_our_own_is_described_and_nothing_else() {
    let app = app().await;
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let ours = |path: &str| path.starts_with("/allting/api/") || path.starts_with("/sandbox/api/");
    let served: BTreeSet<String> = app
        .routes()
        .iter()
        .filter(|route| ours(&route.path))
        .map(|route| format!("{} {}", route.method.as_str().to_lowercase(), route.path))
        .collect();
    let mut described = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            described.insert(format!("{method} {path}"));
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
                let told = parameters.iter().any(|p| p["in"] == "path" && p["name"] == name);
                assert!(told, "{method} {path} does not describe {name}");
            }
            assert!(
                operation["summary"].is_string() && operation["responses"].is_object(),
                "{method} {path}"
            );
        }
    }
    assert_eq!(described, served, "openapi/allting.json (left) and the route table (right)");
}
