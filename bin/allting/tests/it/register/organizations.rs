//! `GET /register/api/v1/organizations/{orgNr}`

use super::platform_token;
use crate::support::app;
use population::personas::CONDOMINIUM;
use serde_json::json;

#[tokio::test]
async fn an_organisation_is_read_and_an_unknown_one_named_by_code() {
    let app = app().await;
    let get = async |number: &str| {
        let path = format!("/register/api/v1/organizations/{number}");
        app.get(&path).header("PlatformAccessToken", &platform_token(&app)).send().await
    };
    let found = get(CONDOMINIUM).await.json();
    assert_eq!((&found["name"], &found["unitStatus"]), (&json!("SAMEIET FJORDUTSIKTEN"), &json!("N")));
    let unknown = get("313876144").await;
    assert_eq!((unknown.status.as_u16(), &unknown.json()["code"]), (404, &json!("REG-00006")));
    let malformed = get("31387614x").await;
    assert_eq!(malformed.status, 400);
    assert_eq!(malformed.json()["validationErrors"][0]["paths"], json!(["/$PATH/orgNr"]));
}
