//! Access lists, and what they do to decisions.

use super::{create, document, policy, skd, upload};
use crate::support::{Answer, TestApp, app};
use http::Method;
use ports::register::PartyRef;
use serde_json::{Value, json};

const LIST: &str = "/resourceregistry/api/v1/access-lists/skd/pilot";
const RESOURCE: &str = "skd-closed";
const DIRECTOR: &str = "12837122463";
const CONDOMINIUM: &str = "310200107";
const COOPERATIVE: &str = population::personas::HOUSING_COOPERATIVE;

async fn token(app: &TestApp, org: &str, org_no: &str, scope: &str) -> String {
    let query = format!("scopes=altinn:resourceregistry/{scope}&org={org}&orgNo={org_no}");
    app.test_token("GetEnterpriseToken", &query).await
}

/// A resource for members only, that managing directors may read and write.
async fn closed(app: &TestApp) {
    let registrar = skd(app).await;
    let mut body = document(RESOURCE);
    body["accessListMode"] = json!("Enabled");
    assert_eq!(create(app, &registrar, &body).await.status, 201);
    assert_eq!(upload(app, &registrar, RESOURCE, &policy(RESOURCE, "dagl")).await.status, 201);
}

async fn decision(app: &TestApp, organisation: &str) -> Value {
    let user = app.party(PartyRef::Pid(DIRECTOR.into())).await.user_id.unwrap();
    let party = app.party(PartyRef::OrgNo(organisation.into())).await.id;
    let one = |id: &str, value: String| json!({ "AttributeId": id, "Value": value });
    let body = json!({ "Request": {
        "AccessSubject": [{ "Attribute": [one("urn:altinn:userid", user.to_string())] }],
        "Resource": [{ "Attribute": [one("urn:altinn:resource", RESOURCE.into()),
            one("urn:altinn:partyid", party.to_string())] }],
        "Action": [{ "Attribute": [one("urn:oasis:names:tc:xacml:1.0:action:action-id", "read".into())] }],
    }});
    let answer = app.post("/authorization/api/v1/decision").json(&body).send().await.json();
    answer["response"][0]["decision"].clone()
}

async fn put(app: &TestApp, path: &str, token: &str, body: Value) -> Answer {
    app.put(&format!("{LIST}{path}")).bearer(token).json(&body).send().await
}

#[tokio::test]
async fn only_members_use_a_resource_that_is_for_members() {
    let app = app().await;
    closed(&app).await;
    assert_eq!(decision(&app, CONDOMINIUM).await, "Deny");
    let owner = token(&app, "skd", "974761076", "accesslist.write").await;
    let made = put(&app, "", &owner, json!({"name": "Pilot", "description": "De første"})).await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(made.json()["urn"], "urn:altinn:access-list:skd:pilot");
    assert!(!made.header("etag").is_empty() && made.header("last-modified").ends_with(" GMT"));

    let member = json!({"data": [format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}")]});
    let path = format!("{LIST}/members");
    let added = app.post(&path).bearer(&owner).json(&member).send().await;
    assert_eq!(added.status, 200, "{}", added.text());
    let uuid = app.party(PartyRef::OrgNo(CONDOMINIUM.into())).await.uuid;
    let first = &added.json()["data"][0];
    assert_eq!(first["id"], format!("urn:altinn:party:uuid:{uuid}"));
    assert_eq!(first["identifiers"]["urn:altinn:organization:identifier-no"], CONDOMINIUM);
    assert_eq!(decision(&app, CONDOMINIUM).await, "Deny", "no resource is on the list yet");

    let connection = format!("/resource-connections/{RESOURCE}");
    let connected = put(&app, &connection, &owner, json!({"actionFilters": ["write"]})).await;
    assert_eq!(connected.status, 200, "{}", connected.text());
    assert_eq!(connected.json()["actionFilters"], json!(["write"]));
    assert_eq!(decision(&app, CONDOMINIUM).await, "Deny", "the list is for another action");
    assert_eq!(put(&app, &connection, &owner, json!({})).await.json().get("actionFilters"), None);
    assert_eq!(decision(&app, CONDOMINIUM).await, "Permit");
    assert_eq!(decision(&app, COOPERATIVE).await, "Deny", "not a member");
    let listed = app.get("/resourceregistry/api/v1/access-lists/skd?include=resources&resource=skd-closed");
    let listed = listed.bearer(&owner).send().await.json();
    assert_eq!(listed["data"][0]["resourceConnections"][0]["resourceIdentifier"], RESOURCE);

    let removed = app.delete(&path).bearer(&owner).json(&member).send().await;
    assert_eq!(removed.json(), json!({"data": [], "links": {"next": null}}));
    assert_eq!(decision(&app, CONDOMINIUM).await, "Deny", "at the very next call");
    put(&app, "/members", &owner, member).await;
    assert_eq!(decision(&app, CONDOMINIUM).await, "Permit");
    assert_eq!(app.delete(LIST).bearer(&owner).send().await.status, 200);
    assert_eq!(app.delete(LIST).bearer(&owner).repeats().send().await.status, 204);
    assert_eq!(decision(&app, CONDOMINIUM).await, "Deny");
    assert_eq!(app.count("rr_access_list_member").await + app.count("rr_access_list_resource").await, 0);
}

#[tokio::test]
async fn a_list_is_its_owners_and_its_version_is_watched() {
    let app = app().await;
    closed(&app).await;
    let owner = token(&app, "skd", "974761076", "accesslist.write").await;
    let first = put(&app, "", &owner, json!({"name": "Pilot"})).await;
    let tag = first.header("etag").to_owned();
    let with = |method: Method, path: &str, header: &str, value: &str| {
        app.call(method, path).bearer(&owner).header(header, value)
    };
    assert_eq!(with(Method::GET, LIST, "if-none-match", &tag).send().await.status, 304);
    let body = json!({"name": "Nytt navn"});
    assert_eq!(with(Method::PUT, LIST, "if-none-match", "*").json(&body).send().await.status, 412);
    let second = with(Method::PUT, LIST, "if-match", &tag).json(&body).send().await;
    assert_eq!(second.status, 200, "{}", second.text());
    assert_eq!(with(Method::PUT, LIST, "if-match", &tag).json(&body).send().await.status, 412);
    // A list that is made anew is not the one that was.
    let tag = second.header("etag").to_owned();
    app.delete(LIST).bearer(&owner).send().await;
    put(&app, "", &owner, body.clone()).await;
    assert_eq!(with(Method::PUT, LIST, "if-match", &tag).json(&body).send().await.status, 412);

    let before = app.count("rr_access_list_log").await;
    let other = token(&app, "ttd", "991825827", "accesslist.write").await;
    assert_eq!(put(&app, "", &other, body.clone()).await.status, 403);
    assert_eq!(app.get(LIST).bearer(&other).send().await.status, 403);
    let reader = token(&app, "skd", "974761076", "accesslist.read").await;
    assert_eq!(app.get(LIST).bearer(&reader).send().await.status, 200);
    assert_eq!(put(&app, "", &reader, body.clone()).await.status, 403);
    assert_eq!(app.get(LIST).send().await.status, 401);
    let refused = async |path: &str, body: Value, status: u16, code: &str| {
        let answer = put(&app, path, &owner, body).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert!(answer.text().contains(code), "{path}: {}", answer.text());
    };
    refused(
        "/members",
        json!({"data": ["urn:altinn:organization:identifier-no:999999999"]}),
        400,
        "RR-00001",
    )
    .await;
    refused("/members", json!({"data": vec!["urn:altinn:partyid:1"; 101]}), 400, "RR.VLD-00000").await;
    refused("/members", json!({"data": [], "more": 1}), 400, "errors").await;
    refused("/resource-connections/nothing", json!({}), 400, "RR-00002").await;
    refused("/resource-connections/altinn_access_management", json!({}), 403, "RR-00004").await;
    refused("", json!({"name": " "}), 400, "Name").await;
    let members = app.get("/resourceregistry/api/v1/access-lists/skd?include=members");
    let members = members.bearer(&owner).send().await;
    assert_eq!((members.status.as_u16(), &members.json()["code"]), (501, &json!("RR-00000")));
    assert_eq!(app.count("rr_access_list_log").await, before);
}
