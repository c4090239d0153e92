//! The inventory of metrics, the code, the dashboard and the alerts name the same things.

use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// What PromQL itself has, and the metric that Prometheus makes of each target.
const WORDS: &[&str] = &[
    "sum",
    "rate",
    "increase",
    "max",
    "min",
    "avg",
    "count",
    "topk",
    "histogram_quantile",
    "time",
    "and",
    "or",
    "unless",
    "bool",
    "up",
];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The documented metrics and their kinds.
fn inventory() -> BTreeMap<String, String> {
    let row = Regex::new(r"(?m)^\| `([a-z0-9_]+)` \| (counter|gauge|histogram) \|").unwrap();
    let page = read("docs/operate/metrics.md");
    row.captures_iter(&page).map(|found| (found[1].to_owned(), found[2].to_owned())).collect()
}

fn sources(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") && !path.ends_with("target") {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn the_page_names_what_the_code_counts() {
    let mut files = vec![];
    sources(&Path::new(ROOT).join("crates"), &mut files);
    sources(&Path::new(ROOT).join("bin"), &mut files);
    let call = Regex::new(r#"(?s)metrics::(counter|gauge|histogram)!\(\s*"([a-z0-9_]+)""#).unwrap();
    let text: String = files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let documented = inventory();
    for found in call.captures_iter(&text) {
        let kind = documented.get(&found[2]);
        assert_eq!(
            kind.map(String::as_str),
            Some(&found[1]),
            "{}: give it a row in docs/operate/metrics.md",
            &found[2]
        );
    }
    // A name may also come from a table of names.
    for name in documented.keys() {
        assert!(text.contains(&format!("\"{name}\"")), "{name} is documented and nobody counts it");
    }
}

/// The metrics of an expression: no strings, label matchers, groupings, ranges or words of the language.
fn metrics(expression: &str) -> BTreeSet<String> {
    let noise = Regex::new(r#"\{[^}]*\}|\[[^\]]*\]|\b(by|without|on|ignoring)\s*\([^)]*\)|"[^"]*""#).unwrap();
    let name = Regex::new(r"[a-zA-Z_][a-zA-Z0-9_]*").unwrap();
    let bare = noise.replace_all(expression, " ");
    let numbers = Regex::new(r"\b[0-9.]+(e[0-9]+)?\b").unwrap();
    let bare = numbers.replace_all(&bare, " ").into_owned();
    name.find_iter(&bare)
        .map(|word| word.as_str().to_owned())
        .filter(|word| !WORDS.contains(&word.as_str()))
        .collect()
}

fn check(place: &str, expression: &str) {
    let documented = inventory();
    let found = metrics(expression);
    assert!(expression.contains("up{") || !found.is_empty(), "{place}: {expression}");
    for name in found {
        let is_part = ["_bucket", "_sum", "_count"].iter().any(|part| {
            name.strip_suffix(part)
                .and_then(|whole| documented.get(whole))
                .is_some_and(|kind| kind == "histogram")
        });
        let whole = documented.get(&name).is_some_and(|kind| kind != "histogram");
        assert!(whole || is_part, "{place}: {name} is not in docs/operate/metrics.md, or not in this form");
    }
}

#[test]
fn the_dashboard_shows_what_there_is() {
    let board: Value = serde_json::from_str(&read("ops/dashboards/allting.json")).unwrap();
    let mut shown = 0;
    for panel in board["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            check(panel["title"].as_str().unwrap(), target["expr"].as_str().unwrap());
            shown += 1;
        }
    }
    assert!(shown > 15);
}

#[test]
fn the_alerts_ask_for_what_there_is_and_say_what_to_do() {
    let text = read("ops/alerts/allting.rules.yml");
    let rules: Vec<_> = text.split("- alert: ").skip(1).collect();
    assert!(rules.len() > 10);
    for rule in rules {
        let name = rule.lines().next().unwrap();
        let line = |key: &str| {
            rule.lines()
                .find_map(|line| line.trim().strip_prefix(key))
                .unwrap_or_else(|| panic!("{name}: no {key}"))
        };
        check(name, line("expr: "));
        assert!(
            line("summary: ").len() > 10
                && line("what: ").len() > 10
                && line("labels: ").contains("severity")
        );
    }
}

/// What a scraper gets: each line a comment or `name{labels} number`, each name introduced by its kind, once.
#[tokio::test]
async fn what_is_scraped_has_the_form_and_the_names() {
    let app = crate::support::app().await;
    app.get("/health/live").send().await;
    app.get("/no/such/page").send().await;
    let text = app.get("/metrics").send().await.text();
    let line = Regex::new(r#"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? (?:[-+]?[0-9][-+0-9.eE]*|NaN|[-+]?Inf)$"#).unwrap();
    let mut kinds = BTreeMap::new();
    for row in text.lines().filter(|row| !row.is_empty()) {
        if let Some(kind) = row.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} twice");
        } else if !row.starts_with('#') {
            let found = line.captures(row).unwrap_or_else(|| panic!("not a sample: {row}"));
            let known = |name: &str| kinds.contains_key(name);
            let whole = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|part| found[1].strip_suffix(part).filter(|name| known(name)));
            assert!(known(&found[1]) || whole.is_some(), "{row} has no kind");
        }
    }
    let documented = inventory();
    for (name, kind) in &kinds {
        assert_eq!(documented.get(name), Some(kind), "{name}");
    }
    assert_eq!(kinds["http_request_seconds"], "histogram");
    assert!(text.contains(r#"http_requests_by_role_total{role="allting",class="2xx"}"#), "{text}");
    assert!(text.contains(r#"http_requests_by_role_total{role="none",class="4xx"}"#), "{text}");
    assert!(
        text.contains("process_resident_memory_bytes ") && text.contains("build_info{version="),
        "{text}"
    );
}
