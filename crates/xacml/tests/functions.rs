//! The function catalogue, one line a function or a rule of it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use jiff::Timestamp;
use xacml::{Decision, Request, evaluate, read_policy_document};

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

fn value(kind: &str, text: &str) -> String {
    let data_type = match kind {
        "rfc822Name" | "x500Name" => format!("urn:oasis:names:tc:xacml:1.0:data-type:{kind}"),
        _ => format!("{XSD}{kind}"),
    };
    format!("<AttributeValue DataType=\"{data_type}\">{text}</AttributeValue>")
}

fn apply(function: &str, arguments: &[String]) -> String {
    let version = match function {
        "string-starts-with"
        | "string-ends-with"
        | "string-contains"
        | "string-substring"
        | "boolean-from-string"
        | "string-from-integer"
        | "dateTime-add-dayTimeDuration"
        | "date-add-yearMonthDuration"
        | "any-of"
        | "all-of"
        | "map"
        | "any-of-any"
        | "string-equal-ignore-case" => "3.0",
        "time-in-range" | "string-concatenate" => "2.0",
        _ => "1.0",
    };
    format!(
        "<Apply FunctionId=\"urn:oasis:names:tc:xacml:{version}:function:{function}\">{}</Apply>",
        arguments.concat()
    )
}

fn function(name: &str) -> String {
    format!("<Function FunctionId=\"urn:oasis:names:tc:xacml:1.0:function:{name}\"/>")
}

fn bag(kind: &str, texts: &[&str]) -> String {
    let values: Vec<String> = texts.iter().map(|text| value(kind, text)).collect();
    apply(&format!("{kind}-bag"), &values)
}

fn holds(condition: &str) -> Decision {
    let xml = format!(
        "<Policy xmlns=\"{}\" PolicyId=\"p\" Version=\"1\" RuleCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides\"><Target/><Rule RuleId=\"r\" Effect=\"Permit\"><Condition>{condition}</Condition></Rule></Policy>",
        xacml::NAMESPACE
    );
    let policy = read_policy_document(&xml).unwrap();
    evaluate(&policy, &[], &Request::default(), Timestamp::UNIX_EPOCH).results[0].decision
}

fn equals(kind: &str, expression: String, expected: &str) -> Decision {
    holds(&apply(&format!("{kind}-equal"), &[expression, value(kind, expected)]))
}

#[test]
fn numbers() {
    let int = |text: &str| value("integer", text);
    let double = |text: &str| value("double", text);
    for (name, a, b, expected) in [
        ("integer-add", "2", "3", "5"),
        ("integer-subtract", "2", "3", "-1"),
        ("integer-multiply", "2", "3", "6"),
        ("integer-divide", "7", "2", "3"),
        ("integer-mod", "7", "2", "1"),
    ] {
        assert_eq!(equals("integer", apply(name, &[int(a), int(b)]), expected), Decision::Permit, "{name}");
    }
    assert_eq!(
        equals("double", apply("double-divide", &[double("1"), double("4")]), "0.25"),
        Decision::Permit
    );
    assert_eq!(equals("double", apply("round", &[double("2.6")]), "3"), Decision::Permit);
    assert_eq!(equals("double", apply("floor", &[double("2.6")]), "2"), Decision::Permit);
    assert_eq!(equals("integer", apply("double-to-integer", &[double("2.6")]), "2"), Decision::Permit);
    assert_eq!(equals("integer", apply("integer-abs", &[int("-2")]), "2"), Decision::Permit);
    assert_eq!(
        equals("integer", apply("integer-divide", &[int("1"), int("0")]), "0"),
        Decision::Indeterminate
    );
    assert_eq!(
        equals("integer", apply("integer-add", &[int("1"), double("1")]), "2"),
        Decision::Indeterminate
    );
    assert_eq!(holds(&apply("integer-less-than", &[int("1"), int("2")])), Decision::Permit);
    assert_eq!(
        holds(&apply("integer-greater-than-or-equal", &[int("1"), int("2")])),
        Decision::NotApplicable
    );
}

#[test]
fn texts() {
    let text = |text: &str| value("string", text);
    for (name, part, whole, expected) in [
        ("string-starts-with", "ab", "abc", Decision::Permit),
        ("string-starts-with", "bc", "abc", Decision::NotApplicable),
        ("string-ends-with", "bc", "abc", Decision::Permit),
        ("string-contains", "b", "abc", Decision::Permit),
        ("string-equal-ignore-case", "ÆØ", "æø", Decision::Permit),
        ("string-regexp-match", "^a.c$", "abc", Decision::Permit),
        ("string-regexp-match", "(", "abc", Decision::Indeterminate),
    ] {
        assert_eq!(holds(&apply(name, &[text(part), text(whole)])), expected, "{name} {part}");
    }
    let substring = apply("string-substring", &[text("æbcd"), value("integer", "1"), value("integer", "-1")]);
    assert_eq!(equals("string", substring, "bcd"), Decision::Permit);
    let beyond = apply("string-substring", &[text("abc"), value("integer", "0"), value("integer", "9")]);
    assert_eq!(equals("string", beyond, "abc"), Decision::Indeterminate);
    assert_eq!(
        equals("string", apply("string-concatenate", &[text("a"), text("b"), text("c")]), "abc"),
        Decision::Permit
    );
    assert_eq!(
        equals("string", apply("string-from-integer", &[value("integer", "7")]), "7"),
        Decision::Permit
    );
    assert_eq!(equals("boolean", apply("boolean-from-string", &[text("true")]), "true"), Decision::Permit);
}

#[test]
fn logic_stops_as_soon_as_it_knows() {
    let (yes, no) = (value("boolean", "true"), value("boolean", "false"));
    let broken = apply("integer-equal", &[value("string", "x"), value("integer", "1")]);
    assert_eq!(holds(&apply("or", &[yes.clone(), broken.clone()])), Decision::Permit);
    assert_eq!(holds(&apply("or", &[no.clone(), broken.clone()])), Decision::Indeterminate);
    assert_eq!(holds(&apply("and", &[no.clone(), broken.clone()])), Decision::NotApplicable);
    assert_eq!(holds(&apply("not", std::slice::from_ref(&no))), Decision::Permit);
    let two = value("integer", "2");
    assert_eq!(
        holds(&apply("n-of", &[two.clone(), yes.clone(), no.clone(), yes.clone(), broken])),
        Decision::Permit
    );
    assert_eq!(holds(&apply("n-of", &[two, yes])), Decision::Indeterminate);
    assert_eq!(
        (holds(&apply("or", &[])), holds(&apply("and", &[]))),
        (Decision::NotApplicable, Decision::Permit)
    );
}

#[test]
fn bags_and_sets() {
    let numbers = bag("integer", &["1", "2", "2"]);
    assert_eq!(
        equals("integer", apply("integer-bag-size", std::slice::from_ref(&numbers)), "3"),
        Decision::Permit
    );
    assert_eq!(holds(&apply("integer-is-in", &[value("integer", "2"), numbers.clone()])), Decision::Permit);
    assert_eq!(
        holds(&apply("integer-set-equals", &[numbers.clone(), bag("integer", &["2", "1"])])),
        Decision::Permit
    );
    assert_eq!(
        holds(&apply("integer-subset", &[numbers.clone(), bag("integer", &["1"])])),
        Decision::NotApplicable
    );
    let both = apply("integer-intersection", &[numbers.clone(), bag("integer", &["2", "3"])]);
    assert_eq!(equals("integer", apply("integer-one-and-only", &[both]), "2"), Decision::Permit);
    assert_eq!(equals("integer", apply("integer-one-and-only", &[numbers]), "2"), Decision::Indeterminate);
}

#[test]
fn functions_of_functions() {
    let numbers = bag("integer", &["1", "5"]);
    let three = value("integer", "3");
    let greater =
        |name: &str| holds(&apply(name, &[function("integer-greater-than"), three.clone(), numbers.clone()]));
    assert_eq!((greater("any-of"), greater("all-of")), (Decision::Permit, Decision::NotApplicable));
    let pairs =
        apply("any-of-any", &[function("integer-equal"), numbers.clone(), bag("integer", &["9", "5"])]);
    assert_eq!(holds(&pairs), Decision::Permit);
    let doubled = apply("map", &[function("integer-abs"), bag("integer", &["-1", "5"])]);
    assert_eq!(holds(&apply("integer-set-equals", &[doubled, numbers])), Decision::Permit);
}

#[test]
fn time() {
    let time = |text: &str| value("time", text);
    let range =
        |at: &str, low: &str, high: &str| holds(&apply("time-in-range", &[time(at), time(low), time(high)]));
    assert_eq!(range("12:00:00", "09:00:00", "17:00:00"), Decision::Permit);
    assert_eq!(range("08:00:00", "09:00:00", "17:00:00"), Decision::NotApplicable);
    // Over midnight.
    assert_eq!(range("01:00:00", "22:00:00", "02:00:00"), Decision::Permit);
    let later = apply(
        "dateTime-add-dayTimeDuration",
        &[value("dateTime", "2024-02-28T12:00:00Z"), value("dayTimeDuration", "P1DT1H")],
    );
    assert_eq!(equals("dateTime", later, "2024-02-29T13:00:00Z"), Decision::Permit);
    let month = apply(
        "date-add-yearMonthDuration",
        &[value("date", "2024-01-31"), value("yearMonthDuration", "P1M")],
    );
    assert_eq!(equals("date", month, "2024-02-29"), Decision::Permit);
    assert_eq!(equals("time", time("09:00:00+01:00"), "08:00:00Z"), Decision::Permit);
}

#[test]
fn names() {
    let mail = value("rfc822Name", "Kari@Skatteetaten.NO");
    let matching =
        |pattern: &str| holds(&apply("rfc822Name-match", &[value("string", pattern), mail.clone()]));
    assert_eq!(matching("Kari@skatteetaten.no"), Decision::Permit);
    assert_eq!(matching("kari@skatteetaten.no"), Decision::NotApplicable);
    assert_eq!(
        (matching("skatteetaten.no"), matching(".no"), matching(".se")),
        (Decision::Permit, Decision::Permit, Decision::NotApplicable)
    );
    let x500 = |text: &str| value("x500Name", text);
    let suffix =
        apply("x500Name-match", &[x500("O=Skatteetaten,C=NO"), x500("cn=Kari, o=Skatteetaten, c=NO")]);
    assert_eq!(holds(&suffix), Decision::Permit);
}
