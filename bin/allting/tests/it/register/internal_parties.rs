//! `/register/api/v2/internal/parties…` and the same under each component's path

use super::{lookup, platform_token};
use crate::support::{Answer, TestApp, app};
use population::personas;
use population::personas::{CONDOMINIUM, INDUSTRY_COMPANY};
use serde_json::{Value, json};

async fn query(app: &TestApp, path: &str, body: Value) -> Answer {
    app.post(path).header("PlatformAccessToken", &platform_token(app)).json(&body).send().await
}

#[tokio::test]
async fn a_query_names_what_it_finds_and_tells_when_some_are_missing() {
    let app = app().await;
    let person = format!("urn:altinn:person:identifier-no:{}", personas()[0].pid);
    let unit = format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}");
    for base in ["/register/api/v2/internal/parties", "/register/api/v1/dialogporten/parties"] {
        let all = query(&app, &format!("{base}/query"), json!({"data": [person, unit, unit]})).await;
        assert_eq!(all.status, 200);
        let found = all.json();
        let found = found["data"].as_array().unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(
            (&found[0]["partyType"], &found[0]["displayName"]),
            (&json!("person"), &json!("Kari Nordli"))
        );
        assert_eq!(found[0]["externalUrn"], person);
        assert_eq!(found[1]["organizationIdentifier"], CONDOMINIUM);
        assert!(found[1].get("unitType").is_none(), "was not asked for");
    }
    let path = "/register/api/v2/internal/parties/query?fields=org.type,org.fax,user";
    let some = query(&app, path, json!({"data": [unit, "urn:altinn:partyid:49999999"]})).await;
    assert_eq!(some.status, 206);
    let body = some.json();
    let party = body["data"][0].as_object().unwrap();
    assert_eq!(party["unitType"], "ESEK");
    assert!(party["faxNumber"].is_null() && party.contains_key("faxNumber"));
    assert!(!party.contains_key("displayName"));
}

#[tokio::test]
async fn a_query_refuses_what_it_cannot_read() {
    let app = app().await;
    let path = "/register/api/v2/internal/parties/query";
    let code = async |path: &str, body: Value| {
        let answer = query(&app, path, body).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        answer.json()["validationErrors"][0]["code"].clone()
    };
    let many: Vec<String> = (0..101).map(|id| format!("urn:altinn:partyid:{}", 50_000_000 + id)).collect();
    assert_eq!(code(path, json!({"data": many})).await, "REG.VLD-00001");
    assert_eq!(code(path, json!({"data": ["urn:nobody:1"]})).await, "REG.VLD-00002");
    assert_eq!(code(&format!("{path}?fields=org.subunits"), json!({"data": []})).await, "REG.VLD-00000");
    let unknown_field = query(&app, &format!("{path}?fields=shoe-size"), json!({"data": []})).await;
    assert_eq!(unknown_field.status, 400);
}

#[tokio::test]
async fn a_party_is_read_by_uuid_and_an_unknown_one_is_a_bad_request() {
    let app = app().await;
    let uuid = lookup(&app, &json!({"orgNo": CONDOMINIUM})).await["partyUuid"].as_str().unwrap().to_owned();
    let get = async |uuid: &str| {
        let path = format!("/register/api/v1/access-management/parties/{uuid}?fields=party");
        app.get(&path).header("PlatformAccessToken", &platform_token(&app)).send().await
    };
    assert_eq!(get(&uuid).await.json()["isDeleted"], json!(false));
    let unknown = get("00000000-0000-4000-8000-000000000000").await;
    assert_eq!((unknown.status.as_u16(), &unknown.json()["code"]), (400, &json!("REG-00003")));
}

#[tokio::test]
async fn a_sub_unit_has_a_main_unit_and_a_main_unit_has_none() {
    let app = app().await;
    let company = lookup(&app, &json!({"orgNo": INDUSTRY_COMPANY})).await;
    let list = query(
        &app,
        "/register/api/v1/parties/partylistbyuuid?fetchSubUnits=true",
        json!([company["partyUuid"]]),
    )
    .await
    .json();
    let branch = list[0]["childParties"][0]["orgNumber"].as_str().unwrap().to_owned();
    let main_units = async |org_no: &str| {
        let body = json!({"data": format!("urn:altinn:organization:identifier-no:{org_no}")});
        query(&app, "/register/api/v2/internal/parties/main-units", body).await.json()["data"].clone()
    };
    assert_eq!(main_units(&branch).await[0]["partyUuid"], company["partyUuid"]);
    assert_eq!(main_units(INDUSTRY_COMPANY).await, json!([]));
}
