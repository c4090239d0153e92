use super::{CITIZEN, CONDOMINIUM, DIRECTOR, OTHER_CONDOMINIUM, RESOURCE, question, world};
use serde_json::{Value, json};

const OK: &str = "urn:oasis:names:tc:xacml:1.0:status:ok";
const SYNTAX_ERROR: &str = "urn:oasis:names:tc:xacml:1.0:status:syntax-error";

fn status(code: &str) -> Value {
    json!({ "statusMessage": null, "statusDetails": null, "statusCode": { "value": code, "statusCode": null } })
}

#[tokio::test]
async fn a_managing_director_is_permitted_with_the_level_and_others_get_not_applicable() {
    let world = world().await;
    let condominium = world.organisation(CONDOMINIUM).await;
    assert_eq!(
        world.of_user(DIRECTOR, RESOURCE, &condominium, "write").await,
        json!({
            "decision": "Permit",
            "status": status(OK),
            "obligations": [{
                "id": "urn:altinn:obligation:authenticationLevel1",
                "attributeAssignment": [{
                    "attributeId": "urn:altinn:obligation1-assignment1",
                    "value": "3",
                    "category": "urn:altinn:minimum-authenticationlevel",
                    "dataType": "http://www.w3.org/2001/XMLSchema#integer",
                    "issuer": null,
                }],
            }],
            "associateAdvice": null,
            "category": null,
            "policyIdentifierList": null,
        })
    );
    let refused = json!({
        "decision": "NotApplicable", "status": status(OK), "obligations": null, "associateAdvice": null,
        "category": null, "policyIdentifierList": null,
    });
    assert_eq!(world.of_user(CITIZEN, RESOURCE, &condominium, "write").await, refused);
    assert_eq!(world.of_user(DIRECTOR, RESOURCE, &condominium, "delete").await, refused);
    let other = world.organisation(OTHER_CONDOMINIUM).await;
    assert_eq!(world.of_user(DIRECTOR, RESOURCE, &other, "write").await, refused);
}

#[tokio::test]
async fn the_party_may_be_named_by_organisation_number_and_flagged_attributes_come_back() {
    let world = world().await;
    let user = world.person(DIRECTOR).await.user_id.unwrap().to_string();
    let body = json!({ "request": {
        "accessSubject": [{ "attribute": [{ "attributeId": "urn:altinn:userid", "value": user }] }],
        "resource": [{ "attribute": [
            { "attributeId": "urn:altinn:resource", "value": RESOURCE, "includeInResult": true },
            { "attributeId": "urn:altinn:organization:identifier-no", "value": CONDOMINIUM }] }],
        "action": [{ "attribute": [
            { "attributeId": "urn:oasis:names:tc:xacml:1.0:action:action-id", "value": "read" }] }],
    }});
    let result = world.decision(&body).await.json()["response"][0].clone();
    assert_eq!(result["decision"], "Permit");
    assert_eq!(
        result["category"],
        json!([{
            "categoryId": "urn:oasis:names:tc:xacml:3.0:attribute-category:resource", "id": null, "content": null,
            "attribute": [{
                "attributeId": "urn:altinn:resource", "value": RESOURCE,
                "dataType": "http://www.w3.org/2001/XMLSchema#string", "issuer": null, "includeInResult": false,
            }],
        }])
    );
}

#[tokio::test]
async fn several_questions_are_answered_in_their_order() {
    let world = world().await;
    let user = world.person(DIRECTOR).await.user_id.unwrap().to_string();
    let party = world.organisation(CONDOMINIUM).await;
    let mut body = question(&[("urn:altinn:userid", &user)], RESOURCE, &party, "read");
    let request = &mut body["Request"];
    request["AccessSubject"][0]["Id"] = json!("s1");
    request["Resource"][0]["Id"] = json!("r1");
    request["Action"][0]["Id"] = json!("a1");
    let delete = json!({ "Id": "a2", "Attribute": [
        { "AttributeId": "urn:oasis:names:tc:xacml:1.0:action:action-id", "Value": "delete" }] });
    request["Action"].as_array_mut().unwrap().push(delete);
    request["MultiRequests"] = json!({ "RequestReference": [
        { "ReferenceId": ["s1", "a2", "r1"] }, { "ReferenceId": ["s1", "a1", "r1"] }] });
    let answer = world.decision(&body).await.json();
    let decisions: Vec<&Value> =
        answer["response"].as_array().unwrap().iter().map(|one| &one["decision"]).collect();
    assert_eq!(decisions, ["NotApplicable", "Permit"]);

    body["Request"]["Action"][1].as_object_mut().unwrap().remove("Id");
    let answer = world.decision(&body).await.json();
    assert_eq!(answer["response"].as_array().unwrap().len(), 1);
    assert_eq!(answer["response"][0]["decision"], "Indeterminate");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_indeterminate_never_a_4xx() {
    let world = world().await;
    let party = world.organisation(CONDOMINIUM).await;
    let deep = "[".repeat(5_000);
    for body in ["", "{", "[]", "{\"Request\":{}}", "\u{0}", &deep] {
        let answer = world
            .app
            .post("/authorization/api/v1/decision")
            .header("content-type", "application/json")
            .body(body.to_owned())
            .send()
            .await;
        assert_eq!(answer.status, 200);
        let result = answer.json()["response"][0].clone();
        assert_eq!(result["decision"], "Indeterminate", "{body}");
        assert_eq!(result["status"], status(SYNTAX_ERROR), "{body}");
    }
    let unknown = question(&[("urn:altinn:userid", "1")], "no-such-resource", &party, "read");
    assert_eq!(world.decision(&unknown).await.json()["response"][0]["status"], status(SYNTAX_ERROR));
}

#[tokio::test]
async fn any_other_content_type_is_xml_in_and_out() {
    let world = world().await;
    let user = world.person(DIRECTOR).await.user_id.unwrap();
    let party = world.organisation(CONDOMINIUM).await.id;
    let attribute = |id: &str, value: &str| {
        format!(
            "<Attribute AttributeId=\"{id}\" IncludeInResult=\"false\"><AttributeValue DataType=\"http://www.w3.org/2001/XMLSchema#string\">{value}</AttributeValue></Attribute>"
        )
    };
    let xml = format!(
        "<Request xmlns=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\" CombinedDecision=\"false\" ReturnPolicyIdList=\"false\">\
         <Attributes Category=\"urn:oasis:names:tc:xacml:1.0:subject-category:access-subject\">{}</Attributes>\
         <Attributes Category=\"urn:oasis:names:tc:xacml:3.0:attribute-category:resource\">{}{}</Attributes>\
         <Attributes Category=\"urn:oasis:names:tc:xacml:3.0:attribute-category:action\">{}</Attributes></Request>",
        attribute("urn:altinn:userid", &user.to_string()),
        attribute("urn:altinn:resource", RESOURCE),
        attribute("urn:altinn:partyid", &party.to_string()),
        attribute("urn:oasis:names:tc:xacml:1.0:action:action-id", "read"),
    );
    for (body, decision) in [(xml.as_str(), "Permit"), ("<!DOCTYPE a><a/>", "Indeterminate")] {
        let answer = world
            .app
            .post("/authorization/api/v1/decision")
            .header("content-type", "application/xml")
            .body(body.to_owned())
            .send()
            .await;
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains(&format!("<Decision>{decision}</Decision>")), "{}", answer.text());
    }
}
