//! `/register/api/v1/parties…`

use super::{lookup, platform_token, user_token};
use crate::support::app;
use population::personas;
use population::personas::{ACCOUNTING_FIRM, CONDOMINIUM, INDUSTRY_COMPANY};
use serde_json::json;

#[tokio::test]
async fn lookup_answers_a_party_in_the_form_of_version_one() {
    let app = app().await;
    let person = lookup(&app, &json!({"ssn": personas()[0].pid})).await;
    assert_eq!((&person["partyTypeName"], &person["name"]), (&json!(1), &json!("NORDLI KARI")));
    assert_eq!(person["person"]["lastName"], "Nordli");
    assert_eq!(person["organization"], json!(null));
    assert_eq!(person["externalUrn"], format!("urn:altinn:person:identifier-no:{}", personas()[0].pid));
    let unit = lookup(&app, &json!({"orgNo": CONDOMINIUM})).await;
    assert_eq!((&unit["partyTypeName"], &unit["unitType"]), (&json!(2), &json!("ESEK")));
    assert_eq!(unit["organization"]["eMailAddress"], "styret@fjordutsikten.test");
    assert!(unit["partyId"].as_i64().unwrap() >= 50_000_000);
}

#[tokio::test]
async fn lookup_refuses_what_it_cannot_read() {
    let app = app().await;
    let post = async |body| {
        let call = app.post("/register/api/v1/parties/lookup");
        call.header("PlatformAccessToken", &platform_token(&app)).json(&body).send().await
    };
    for (body, code) in [
        (json!({"ssn": "123"}), "REG.VLD-00007"),
        (json!({"orgNo": "12345678x"}), "REG.VLD-00006"),
        (json!({}), "REG.VLD-00003"),
        (json!({"ssn": personas()[0].pid, "orgNo": CONDOMINIUM}), "REG.VLD-00008"),
    ] {
        let answer = post(body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("STD-00000")));
        assert_eq!(answer.json()["validationErrors"][0]["code"], code);
    }
    let unknown = post(json!({"orgNo": "313876144"})).await;
    assert_eq!((unknown.status.as_u16(), &unknown.json()["code"]), (404, &json!("REG-00007")));
}

#[tokio::test]
async fn only_the_platform_and_holders_of_the_scope_may_look_up() {
    let app = app().await;
    let body = json!({"orgNo": CONDOMINIUM});
    let path = "/register/api/v1/parties/lookup";
    assert_eq!(app.post(path).json(&body).send().await.status, 401);
    let user = user_token(&app, &personas()[0]).await;
    assert_eq!(app.post(path).bearer(&user).json(&body).send().await.status, 403);
    assert_eq!(app.post(path).header("PlatformAccessToken", &user).json(&body).send().await.status, 401);
    let admin = app.test_token("GetEnterpriseToken", "scopes=altinn:register/partylookup.admin").await;
    assert_eq!(app.post(path).bearer(&admin).json(&body).send().await.status, 200);
}

#[tokio::test]
async fn a_user_reads_own_and_represented_parties_and_learns_nothing_of_others() {
    let app = app().await;
    let platform = platform_token(&app);
    let user = user_token(&app, &personas()[0]).await;
    let own = lookup(&app, &json!({"ssn": personas()[0].pid})).await;
    let represented = lookup(&app, &json!({"orgNo": CONDOMINIUM})).await;
    let foreign = lookup(&app, &json!({"orgNo": ACCOUNTING_FIRM})).await;
    let get = async |path: String| {
        app.get(&path).header("PlatformAccessToken", &platform).bearer(&user).send().await.status.as_u16()
    };
    for party in [&own, &represented] {
        assert_eq!(get(format!("/register/api/v1/parties/{}", party["partyId"])).await, 200);
        let uuid = party["partyUuid"].as_str().unwrap();
        assert_eq!(get(format!("/register/api/v1/parties/byuuid/{uuid}")).await, 200);
    }
    assert_eq!(get(format!("/register/api/v1/parties/{}", foreign["partyId"])).await, 401);
    assert_eq!(get("/register/api/v1/parties/49999999".to_owned()).await, 401);
    assert_eq!(get("/register/api/v1/parties/x".to_owned()).await, 404);
    let without_user = format!("/register/api/v1/parties/{}", own["partyId"]);
    assert_eq!(app.get(&without_user).header("PlatformAccessToken", &platform).send().await.status, 401);
}

#[tokio::test]
async fn a_list_by_uuid_leaves_out_the_unknown_and_brings_sub_units_when_asked() {
    let app = app().await;
    let company = lookup(&app, &json!({"orgNo": INDUSTRY_COMPANY})).await;
    let list = async |path: &str| {
        let body = json!([company["partyUuid"], "00000000-0000-4000-8000-000000000000"]);
        let call = app.post(path).header("PlatformAccessToken", &platform_token(&app));
        call.json(&body).send().await.json()
    };
    let plain = list("/register/api/v1/parties/partylistbyuuid").await;
    assert_eq!((plain.as_array().unwrap().len(), &plain[0]["childParties"]), (1, &json!(null)));
    let with_sub_units = list("/register/api/v1/parties/partylistbyuuid?fetchSubUnits=true").await;
    let children = with_sub_units[0]["childParties"].as_array().unwrap();
    assert_eq!(children.len(), 4);
    assert!(children.iter().all(|child| child["unitType"] == "BEDR" && child["partyTypeName"] == 2));
}
