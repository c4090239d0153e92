//! The rules of authorization.md §7, one test each.
#![expect(clippy::unwrap_used, clippy::format_collect, reason = "helpers of tests")]

use jiff::Timestamp;
use xacml::{
    ACTION, ACTION_ID, Attribute, CompiledPolicy, DataType, Decision, RESOURCE, Request, SUBJECT, StatusCode,
    Verdict, read_policy,
};

const STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
const EQUAL: &str = "urn:oasis:names:tc:xacml:1.0:function:string-equal";
const EQUAL_FOLDED: &str = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case";
const DENY_OVERRIDES: &str = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides";

fn matching(function: &str, category: &str, attribute: &str, value: &str, must: bool) -> String {
    format!(
        r#"<Match MatchId="{function}"><AttributeValue DataType="{STRING}">{value}</AttributeValue><AttributeDesignator AttributeId="{attribute}" Category="{category}" DataType="{STRING}" MustBePresent="{must}"/></Match>"#
    )
}

fn subject(attribute: &str, value: &str) -> String {
    matching(EQUAL_FOLDED, SUBJECT, attribute, value, false)
}

fn resource(value: &str) -> String {
    matching(EQUAL, RESOURCE, "urn:altinn:resource", value, false)
}

fn action(value: &str) -> String {
    matching(EQUAL, ACTION, ACTION_ID, value, false)
}

/// Each inner list is one AllOf; each outer item one AnyOf.
fn rule(effect: &str, any_of: &[Vec<String>], condition: &str) -> String {
    let target: String = any_of
        .iter()
        .map(|all_of| {
            let body: String = all_of.iter().map(|found| format!("<AllOf>{found}</AllOf>")).collect();
            format!("<AnyOf>{body}</AnyOf>")
        })
        .collect();
    format!(r#"<Rule RuleId="r" Effect="{effect}"><Target>{target}</Target>{condition}</Rule>"#)
}

fn policy(combining: &str, rules: &str) -> CompiledPolicy {
    let obligation = r#"<ObligationExpressions><ObligationExpression FulfillOn="Permit" ObligationId="o"><AttributeAssignmentExpression AttributeId="a" Category="urn:altinn:minimum-authenticationlevel"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">3</AttributeValue></AttributeAssignmentExpression></ObligationExpression></ObligationExpressions>"#;
    let xml = format!(
        r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1.0" RuleCombiningAlgId="{combining}"><Target/>{rules}{obligation}</Policy>"#
    );
    CompiledPolicy::new(read_policy(&xml).unwrap())
}

fn request(subjects: &[(&'static str, &str)], resource: &str, action: &str) -> Request {
    let mut request = Request::default();
    for (id, value) in subjects {
        request.add(SUBJECT, Attribute::string(*id, *value));
    }
    request.add(RESOURCE, Attribute::string("urn:altinn:resource", resource));
    request.add(ACTION, Attribute::string(ACTION_ID, action));
    request
}

fn decide(policy: &CompiledPolicy, request: &Request) -> Verdict {
    policy.evaluate(request, Timestamp::UNIX_EPOCH)
}

fn dagl_reads() -> String {
    rule(
        "Permit",
        &[vec![subject("urn:altinn:rolecode", "DAGL")], vec![resource("ske-x")], vec![action("read")]],
        "",
    )
}

#[test]
fn a_user_without_the_right_gets_not_applicable_and_one_with_it_a_permit_with_the_level() {
    let policy = policy(DENY_OVERRIDES, &dagl_reads());
    let permitted = request(&[("urn:altinn:rolecode", "dagl")], "ske-x", "read");
    let verdict = decide(&policy, &permitted);
    assert_eq!((verdict.decision, verdict.rule), (Decision::Permit, Some(0)));
    let result = policy.result(&permitted, &verdict);
    assert_eq!(result.obligations[0].assignments[0].value, "3");
    assert_eq!(policy.level(xacml::MINIMUM_LEVEL), Some(3));

    let without = request(&[("urn:altinn:rolecode", "regn")], "ske-x", "read");
    let verdict = decide(&policy, &without);
    assert_eq!((verdict.decision, verdict.matched), (Decision::NotApplicable, true));
    assert!(policy.result(&without, &verdict).obligations.is_empty());
    assert_eq!(decide(&policy, &request(&[], "ske-x", "write")).decision, Decision::NotApplicable);
    // string-equal is ordinal
    assert_eq!(
        decide(&policy, &request(&[("urn:altinn:rolecode", "dagl")], "SKE-X", "read")).decision,
        Decision::NotApplicable
    );
}

#[test]
fn several_any_of_of_one_category_are_alternatives() {
    let rules = rule(
        "Permit",
        &[
            vec![subject("urn:altinn:rolecode", "dagl")],
            vec![subject("urn:altinn:accesspackage", "skattegrunnlag")],
            vec![resource("ske-x")],
            vec![action("read")],
        ],
        "",
    );
    let policy = policy(DENY_OVERRIDES, &rules);
    let by_package = request(&[("urn:altinn:accesspackage", "skattegrunnlag")], "ske-x", "read");
    assert_eq!(decide(&policy, &by_package).decision, Decision::Permit);
}

#[test]
fn an_all_of_is_a_conjunction_and_any_value_of_an_attribute_will_do() {
    let both = resource("ske-x") + &matching(EQUAL, RESOURCE, "urn:altinn:task", "Task_1", false);
    let policy = policy(
        DENY_OVERRIDES,
        &rule(
            "Permit",
            &[vec![subject("urn:altinn:rolecode", "dagl")], vec![both], vec![action("read")]],
            "",
        ),
    );
    let mut asked =
        request(&[("urn:altinn:rolecode", "x"), ("urn:altinn:rolecode", "dagl")], "ske-x", "read");
    assert_eq!(decide(&policy, &asked).decision, Decision::NotApplicable);
    asked.add(RESOURCE, Attribute::string("urn:altinn:task", "Task_1"));
    assert_eq!(decide(&policy, &asked).decision, Decision::Permit);
}

#[test]
fn data_types_must_be_the_same() {
    let policy = policy(DENY_OVERRIDES, &dagl_reads());
    let mut asked = request(&[], "ske-x", "read");
    let mut role = Attribute::string("urn:altinn:rolecode", "dagl");
    role.values[0].0 = DataType::AnyUri;
    asked.add(SUBJECT, role);
    assert_eq!(decide(&policy, &asked).decision, Decision::NotApplicable);
}

#[test]
fn the_last_event_among_alternatives_wins() {
    let must = matching(EQUAL, RESOURCE, "urn:altinn:task", "Task_1", true);
    let with = |alternatives: Vec<String>| {
        policy(
            DENY_OVERRIDES,
            &rule(
                "Permit",
                &[vec![subject("urn:altinn:rolecode", "dagl")], alternatives, vec![action("read")]],
                "",
            ),
        )
    };
    let asked = request(&[("urn:altinn:rolecode", "dagl")], "ske-x", "read");
    let verdict = decide(&with(vec![resource("ske-x"), must.clone()]), &asked);
    assert_eq!((verdict.decision, verdict.status), (Decision::Indeterminate, StatusCode::MissingAttribute));
    assert_eq!(decide(&with(vec![must, resource("ske-x")]), &asked).decision, Decision::Permit);
}

#[test]
fn a_missing_required_subject_attribute_is_indeterminate_of_the_rules_effect_with_status_ok() {
    let must = matching(EQUAL, SUBJECT, "urn:altinn:userid", "1", true);
    let rules =
        |effect: &str| rule(effect, &[vec![must.clone()], vec![resource("ske-x")], vec![action("read")]], "");
    let asked = request(&[("urn:altinn:rolecode", "dagl")], "ske-x", "read");
    // Indeterminate{P} beside a Permit is a Permit under deny-overrides, Indeterminate{D} is not.
    assert_eq!(
        decide(&policy(DENY_OVERRIDES, &(rules("Permit") + &dagl_reads())), &asked).decision,
        Decision::Permit
    );
    let verdict = decide(&policy(DENY_OVERRIDES, &(rules("Deny") + &dagl_reads())), &asked);
    assert_eq!((verdict.decision, verdict.status), (Decision::Indeterminate, StatusCode::Ok));
}

#[test]
fn an_unknown_function_or_algorithm_is_indeterminate() {
    let unknown = matching("urn:example:function:guess", SUBJECT, "urn:altinn:rolecode", "dagl", false);
    let rules = rule("Permit", &[vec![unknown], vec![resource("ske-x")], vec![action("read")]], "");
    let asked = request(&[("urn:altinn:rolecode", "dagl")], "ske-x", "read");
    let verdict = decide(&policy(DENY_OVERRIDES, &rules), &asked);
    assert_eq!((verdict.decision, verdict.status), (Decision::Indeterminate, StatusCode::SyntaxError));
    let verdict = decide(&policy("urn:example:dice", &dagl_reads()), &asked);
    assert_eq!((verdict.decision, verdict.status), (Decision::Indeterminate, StatusCode::Ok));
}

#[test]
fn combining_algorithms_without_a_matching_rule() {
    let asked = request(&[("urn:altinn:rolecode", "dagl")], "other", "read");
    let with = |name: &str| {
        let urn = format!("urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:{name}");
        decide(&policy(&urn, &dagl_reads()), &asked).decision
    };
    assert_eq!(with("deny-overrides"), Decision::NotApplicable);
    assert_eq!(with("ordered-permit-overrides"), Decision::NotApplicable);
    assert_eq!(with("deny-unless-permit"), Decision::Deny);
    assert_eq!(with("permit-unless-deny"), Decision::Permit);
}

#[test]
fn conditions_hold_fail_or_lack() {
    let one_and_only = format!(
        r#"<Condition><Apply FunctionId="{EQUAL}"><Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-one-and-only"><AttributeDesignator AttributeId="urn:altinn:task" Category="{RESOURCE}" DataType="{STRING}" MustBePresent="false"/></Apply><AttributeValue DataType="{STRING}">Task_1</AttributeValue></Apply></Condition>"#
    );
    let policy = policy(
        DENY_OVERRIDES,
        &rule(
            "Permit",
            &[vec![subject("urn:altinn:rolecode", "dagl")], vec![resource("ske-x")], vec![action("read")]],
            &one_and_only,
        ),
    );
    let mut asked = request(&[("urn:altinn:rolecode", "dagl")], "ske-x", "read");
    let verdict = decide(&policy, &asked);
    assert_eq!((verdict.decision, verdict.status), (Decision::Indeterminate, StatusCode::Ok));
    asked.add(RESOURCE, Attribute::string("urn:altinn:task", "Task_1"));
    assert_eq!(decide(&policy, &asked).decision, Decision::Permit);
    asked.add(RESOURCE, Attribute::string("urn:altinn:task", "Task_2"));
    let verdict = decide(&policy, &asked);
    assert_eq!((verdict.decision, verdict.status), (Decision::Indeterminate, StatusCode::ProcessingError));
}

#[test]
fn regular_expressions_and_integers_are_compared_by_value() {
    let pattern = matching(
        "urn:oasis:names:tc:xacml:1.0:function:string-regexp-match",
        SUBJECT,
        "urn:altinn:rolecode",
        "^da.l$",
        false,
    );
    let policy = policy(
        DENY_OVERRIDES,
        &rule("Permit", &[vec![pattern], vec![resource("ske-x")], vec![action("read")]], ""),
    );
    let asked = request(&[("urn:altinn:rolecode", "dagl")], "ske-x", "read");
    assert_eq!(decide(&policy, &asked).decision, Decision::Permit);
}

#[test]
fn the_explanation_names_what_was_found_and_what_was_wanted() {
    let rules = rule(
        "Permit",
        &[
            vec![
                subject("urn:altinn:rolecode", "dagl"),
                subject("urn:altinn:accesspackage", "skattegrunnlag"),
            ],
            vec![resource("ske-x")],
            vec![action("read")],
        ],
        "",
    );
    let policy = policy(DENY_OVERRIDES, &rules);
    let trace = policy.explain(&request(&[("urn:altinn:rolecode", "dagl")], "ske-x", "write")).remove(0);
    assert!(trace.resource && !trace.action);
    assert_eq!(trace.subjects, [("urn:altinn:rolecode", "dagl")]);
    assert_eq!(trace.wanted, [("urn:altinn:accesspackage", "skattegrunnlag")]);
}
