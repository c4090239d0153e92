//! The resource registry over HTTP.

mod access_lists;
mod policy;
mod resource;

use crate::support::{Answer, TestApp};
use serde_json::{Value, json};

const BASE: &str = "/resourceregistry/api/v1/resource";

async fn token(app: &TestApp, org: &str, org_no: &str) -> String {
    let query = format!("scopes=altinn:resourceregistry/resource.write&org={org}&orgNo={org_no}");
    app.test_token("GetEnterpriseToken", &query).await
}

pub async fn skd(app: &TestApp) -> String {
    token(app, "skd", "974761076").await
}

pub fn document(id: &str) -> Value {
    let texts = json!({ "nb": "Prøve", "nn": "Prøve", "en": "Trial" });
    json!({
        "identifier": id, "title": texts, "description": texts, "rightDescription": texts, "contactPoints": [],
        "resourceType": "genericAccessResource",
        "hasCompetentAuthority": { "name": texts, "organization": "974761076", "orgcode": "skd" },
    })
}

pub async fn create(app: &TestApp, token: &str, body: &Value) -> Answer {
    app.post(BASE).bearer(token).json(body).send().await
}

/// A policy of one rule for `resource`.
pub fn policy(resource: &str, role: &str) -> String {
    let matching = |category: &str, attribute: &str, value: &str| {
        format!(
            "<AnyOf><AllOf><Match MatchId=\"urn:oasis:names:tc:xacml:1.0:function:string-equal\"><AttributeValue DataType=\"http://www.w3.org/2001/XMLSchema#string\">{value}</AttributeValue><AttributeDesignator AttributeId=\"{attribute}\" Category=\"urn:oasis:names:tc:xacml:{category}\" DataType=\"http://www.w3.org/2001/XMLSchema#string\" MustBePresent=\"false\"/></Match></AllOf></AnyOf>"
        )
    };
    format!(
        "<Policy xmlns=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\" PolicyId=\"p\" Version=\"1.0\" RuleCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides\"><Target/><Rule RuleId=\"r\" Effect=\"Permit\"><Target>{}{}{}</Target></Rule></Policy>",
        matching("1.0:subject-category:access-subject", "urn:altinn:rolecode", role),
        matching("3.0:attribute-category:resource", "urn:altinn:resource", resource),
        matching("3.0:attribute-category:action", "urn:oasis:names:tc:xacml:1.0:action:action-id", "read"),
    )
}

pub async fn upload(app: &TestApp, token: &str, id: &str, xml: &str) -> Answer {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"policyFile\"; filename=\"policy.xml\"\r\nContent-Type: text/xml\r\n\r\n{xml}\r\n--x--\r\n"
    );
    app.post(&format!("{BASE}/{id}/policy"))
        .bearer(token)
        .header("content-type", "multipart/form-data; boundary=x")
        .body(body)
        .send()
        .await
}
