//! The standard's own semantics, and that no input makes a reader panic.
#![expect(clippy::unwrap_used, clippy::format_collect, reason = "helpers of tests")]

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;
use xacml::{
    Decision, PolicyDocument, Profile, Request, StatusCode, evaluate, read_policy_document,
    read_request_json, read_request_xml, write_platform_json, write_response_json, write_response_xml,
};

const NS: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const SUBJECT: &str = xacml::SUBJECT;

fn document(xml: &str) -> PolicyDocument {
    read_policy_document(xml).unwrap()
}

fn person(role: &str, age: i64) -> Request {
    read_request_json(
        &json!({"Request": {"AccessSubject": {"Attribute": [
            {"AttributeId": "role", "Value": role}, {"AttributeId": "age", "Value": age}]}}}),
        Profile::Standard,
    )
    .unwrap()
}

fn match_role(value: &str) -> String {
    format!(
        r#"<AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">{value}</AttributeValue><AttributeDesignator AttributeId="role" Category="{SUBJECT}" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="true"/></Match></AllOf></AnyOf>"#
    )
}

fn policy(id: &str, target: &str, effect: &str, condition: &str) -> String {
    format!(
        r#"<Policy xmlns="{NS}" PolicyId="{id}" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target>{target}</Target><Rule RuleId="{id}-1" Effect="{effect}">{condition}</Rule><ObligationExpressions><ObligationExpression ObligationId="tell-{id}" FulfillOn="{effect}"><AttributeAssignmentExpression AttributeId="who"><AttributeDesignator AttributeId="role" Category="{SUBJECT}" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></AttributeAssignmentExpression></ObligationExpression></ObligationExpressions></Policy>"#
    )
}

fn set(combining: &str, members: &str) -> PolicyDocument {
    document(&format!(
        r#"<PolicySet xmlns="{NS}" PolicySetId="s" Version="1.0" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:{combining}"><Target/>{members}</PolicySet>"#
    ))
}

fn older_than(years: u32) -> String {
    format!(
        r#"<Condition><Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:integer-greater-than"><Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:integer-one-and-only"><AttributeDesignator AttributeId="age" Category="{SUBJECT}" DataType="http://www.w3.org/2001/XMLSchema#integer" MustBePresent="true"/></Apply><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">{years}</AttributeValue></Apply></Condition>"#
    )
}

fn decide(root: &PolicyDocument, others: &[PolicyDocument], request: &Request) -> xacml::DecisionResult {
    evaluate(root, others, request, Timestamp::UNIX_EPOCH).results.remove(0)
}

#[test]
fn any_of_elements_of_a_target_are_a_conjunction() {
    let root = document(&policy("p", &(match_role("a") + &match_role("b")), "Permit", ""));
    assert_eq!(decide(&root, &[], &person("a", 1)).decision, Decision::NotApplicable);
}

#[test]
fn a_policy_set_combines_members_and_carries_their_obligations() {
    let root = set(
        "3.0:policy-combining-algorithm:permit-overrides",
        &(policy("one", &match_role("a"), "Deny", "") + &policy("two", "", "Permit", &older_than(17))),
    );
    let result = decide(&root, &[], &person("a", 18));
    assert_eq!(result.decision, Decision::Permit);
    let ids: Vec<&str> = result.obligations.iter().map(|duty| duty.id.as_str()).collect();
    assert_eq!(ids, ["tell-two"]);
    assert_eq!(result.obligations[0].assignments[0].value, "a");
    assert_eq!(decide(&root, &[], &person("a", 17)).decision, Decision::Deny);
    assert_eq!(decide(&root, &[], &person("b", 17)).decision, Decision::NotApplicable);
}

#[test]
fn only_one_applicable_refuses_two() {
    let members = policy("one", &match_role("a"), "Deny", "") + &policy("two", "", "Permit", "");
    let root = set("1.0:policy-combining-algorithm:only-one-applicable", &members);
    assert_eq!(decide(&root, &[], &person("b", 1)).decision, Decision::Permit);
    let result = decide(&root, &[], &person("a", 1));
    assert_eq!((result.decision, result.status), (Decision::Indeterminate, StatusCode::ProcessingError));
}

#[test]
fn references_are_found_among_the_other_documents() {
    let root =
        set("3.0:policy-combining-algorithm:deny-overrides", "<PolicyIdReference>one</PolicyIdReference>");
    assert_eq!(decide(&root, &[], &person("a", 1)).decision, Decision::Indeterminate);
    let others = [document(&policy("one", "", "Permit", ""))];
    assert_eq!(decide(&root, &others, &person("a", 1)).decision, Decision::Permit);
}

#[test]
fn a_set_that_refers_to_itself_ends() {
    let root = set(
        "3.0:policy-combining-algorithm:deny-overrides",
        "<PolicySetIdReference>s</PolicySetIdReference>",
    );
    let others = [root.clone()];
    assert_eq!(decide(&root, &others, &person("a", 1)).decision, Decision::Indeterminate);
}

#[test]
fn a_missing_required_attribute_is_told() {
    let root = document(&policy("p", "", "Permit", &older_than(17)));
    let result = decide(&root, &[], &Request::default());
    assert_eq!((result.decision, result.status), (Decision::Indeterminate, StatusCode::MissingAttribute));
}

#[test]
fn the_clock_answers_when_the_request_does_not() {
    let condition = r#"<Condition><Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:date-equal"><Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:date-one-and-only"><AttributeDesignator AttributeId="urn:oasis:names:tc:xacml:1.0:environment:current-date" Category="urn:oasis:names:tc:xacml:3.0:attribute-category:environment" DataType="http://www.w3.org/2001/XMLSchema#date" MustBePresent="true"/></Apply><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#date">1970-01-01</AttributeValue></Apply></Condition>"#;
    let root = document(&policy("p", "", "Permit", condition));
    assert_eq!(decide(&root, &[], &Request::default()).decision, Decision::Permit);
}

#[test]
fn variables_may_not_run_in_a_circle_or_explode() {
    let with = |variables: &str| {
        read_policy_document(&format!(
            r#"<Policy xmlns="{NS}" PolicyId="p" Version="1" RuleCombiningAlgId="x">{variables}</Policy>"#
        ))
    };
    let circle =
        r#"<VariableDefinition VariableId="a"><VariableReference VariableId="a"/></VariableDefinition>"#;
    assert!(with(circle).unwrap_err().reason().contains("refers to itself"));
    let chain: String = (0..60)
        .map(|n| {
            format!(
                r#"<VariableDefinition VariableId="v{n}"><Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:and"><VariableReference VariableId="v{0}"/><VariableReference VariableId="v{0}"/></Apply></VariableDefinition>"#,
                n + 1
            )
        })
        .collect();
    let last = r#"<VariableDefinition VariableId="v60"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#boolean">true</AttributeValue></VariableDefinition>"#;
    assert!(with(&(chain + last)).unwrap_err().reason().contains("too large"));
}

#[test]
fn errors_tell_the_line() {
    let error = read_policy_document(&format!(
        "<Policy xmlns=\"{NS}\" PolicyId=\"p\" RuleCombiningAlgId=\"x\">\n  <Rule RuleId=\"r\" Effect=\"Maybe\"/>\n</Policy>"
    ))
    .unwrap_err();
    assert_eq!((error.line(), error.column()), (2, 3));
}

#[test]
fn a_multi_request_in_xml_is_answered_in_the_order_of_its_references() {
    let subject = |id: &str, role: &str| {
        format!(
            r#"<Attributes Category="{SUBJECT}" xml:id="{id}"><Attribute AttributeId="role" IncludeInResult="true"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">{role}</AttributeValue></Attribute></Attributes>"#
        )
    };
    let reference = |id: &str| {
        format!(r#"<RequestReference><AttributesReference ReferenceId="{id}"/></RequestReference>"#)
    };
    let xml = format!(
        r#"<Request xmlns="{NS}" CombinedDecision="false" ReturnPolicyIdList="true">{}{}<MultiRequests>{}{}{}</MultiRequests></Request>"#,
        subject("s1", "a"),
        subject("s2", "b"),
        reference("s2"),
        reference("s1"),
        reference("s3")
    );
    let request = read_request_xml(&xml).unwrap();
    let root = document(&policy("p", &match_role("a"), "Permit", ""));
    let response = evaluate(&root, &[], &request, Timestamp::UNIX_EPOCH);
    let decisions: Vec<Decision> = response.results.iter().map(|result| result.decision).collect();
    assert_eq!(decisions, [Decision::NotApplicable, Decision::Permit, Decision::Indeterminate]);
    let text = write_response_xml(&response);
    assert!(text.contains("<PolicyIdReference Version=\"1.0\">p</PolicyIdReference>"), "{text}");
    let json = write_response_json(&response);
    assert_eq!(json["Response"][1]["Category"][0]["Attribute"][0]["Value"], "a");
}

#[test]
fn the_platforms_json_profile() {
    let request = read_request_json(
        &json!({"request": {
            "accessSubject": [{"Id": "s1", "attribute": [
                {"attributeId": "urn:altinn:userid", "value": "1", "IncludeInResult": true},
                {"AttributeId": "urn:altinn:userid", "Value": "2", "DataType": "string"}]}],
            "Resource": [{"CategoryId": "x", "Attribute": []}, {"Attribute": []}],
            "MultiRequests": {"RequestReference": [{"ReferenceId": ["s1"]}]}}}),
        Profile::Platform,
    )
    .unwrap();
    assert_eq!(request.categories[0].attributes.len(), 1);
    assert_eq!(request.categories[0].attributes[0].values.len(), 2);
    assert!(request.categories[0].attributes[0].include_in_result);
    assert_eq!(request.categories[2].category, "x");
    assert_eq!(request.multi, [["s1"]]);
    let bad = json!({"Request": {"Action": [{"Attribute": [{"AttributeId": "a", "Value": "1", "DataType": "date"}]}]}});
    assert!(read_request_json(&bad, Profile::Platform).is_err());
}

#[test]
fn the_platforms_answer_writes_nulls() {
    let response = xacml::Response {
        results: vec![xacml::DecisionResult::new(Decision::NotApplicable, StatusCode::Ok)],
    };
    assert_eq!(
        write_platform_json(&response),
        json!({"response": [{"decision": "NotApplicable",
            "status": {"statusMessage": null, "statusDetails": null,
                "statusCode": {"value": "urn:oasis:names:tc:xacml:1.0:status:ok", "statusCode": null}},
            "obligations": null, "associateAdvice": null, "category": null, "policyIdentifierList": null}]})
    );
}

proptest! {
    #[test]
    fn readers_never_panic_on_text(text in "\\PC{0,200}") {
        _ = read_policy_document(&text);
        _ = read_request_xml(&text);
    }

    /// A valid policy with a piece cut out, doubled or replaced.
    #[test]
    fn readers_never_panic_on_damaged_policies(from in 0_usize..2000, length in 0_usize..80, with in "[<>&;'\"a/=\\-0:]{0,6}") {
        let whole = policy("p", &match_role("a"), "Permit", &older_than(3));
        let mut start = from.min(whole.len());
        while !whole.is_char_boundary(start) { start -= 1; }
        let mut end = (start + length).min(whole.len());
        while !whole.is_char_boundary(end) { end -= 1; }
        let damaged = format!("{}{with}{}", &whole[..start], &whole[end..]);
        if let Ok(root) = read_policy_document(&damaged) {
            _ = decide(&root, &[], &person("a", 4));
        }
    }

    #[test]
    fn literals_of_every_type_never_panic(kind in 0_usize..16, text in "\\PC{0,24}") {
        const TYPES: [&str; 16] = ["string", "boolean", "integer", "double", "time", "date", "dateTime", "dayTimeDuration",
            "yearMonthDuration", "anyURI", "hexBinary", "base64Binary", "x500Name", "rfc822Name", "ipAddress", "dnsName"];
        let value = text.replace(['<', '&', '>'], "");
        let uri = xacml::DataType::from_short_name(TYPES[kind]).unwrap();
        _ = read_policy_document(&format!(
            r#"<Policy xmlns="{NS}" PolicyId="p" RuleCombiningAlgId="x"><VariableDefinition VariableId="v"><AttributeValue DataType="{}">{value}</AttributeValue></VariableDefinition></Policy>"#,
            uri.uri()
        ));
    }
}
