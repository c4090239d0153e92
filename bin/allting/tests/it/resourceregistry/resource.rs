use super::{BASE, create, document, skd, token};
use crate::support::app;
use serde_json::json;

#[tokio::test]
async fn an_owner_creates_changes_and_deletes_a_resource() {
    let app = app().await;
    let token = skd(&app).await;
    let created = create(&app, &token, &document("skd-trial")).await;
    assert_eq!((created.status.as_u16(), created.body.len()), (201, 0), "{}", created.text());
    assert_eq!(created.header("location"), "/resourceregistry/api/v1/resource/skd-trial");
    let path = format!("{BASE}/skd-trial");
    let first = app.get(&path).send().await.json();
    assert_eq!(first["resourceType"], "GenericAccessResource");
    assert_eq!(first["versionId"], 1);
    assert_eq!(
        first["authorizationReference"],
        json!([{ "id": "urn:altinn:resource", "value": "skd-trial" }])
    );
    assert!(first.get("homepage").is_none());
    assert_eq!(create(&app, &token, &document("skd-trial")).await.status, 409);

    let mut changed = document("skd-trial");
    changed["homepage"] = json!("https://skatteetaten.no");
    let answer = app.put(&path).bearer(&token).json(&changed).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
    assert_eq!(app.get(&path).send().await.json()["versionId"], 2);
    assert!(app.get(&format!("{path}?versionId=1")).send().await.json().get("homepage").is_none());
    let elsewhere = app.put(&format!("{BASE}/skd-other")).bearer(&token).json(&changed).send().await;
    assert_eq!(elsewhere.status, 404);
    let listed = app.get(&format!("{BASE}/resourcelist")).send().await.json();
    assert!(listed.as_array().unwrap().iter().any(|one| one["identifier"] == "skd-trial"));

    assert_eq!(app.delete(&path).bearer(&token).send().await.status, 204);
    assert_eq!(app.get(&path).send().await.status, 404);
    assert_eq!(app.delete(&path).bearer(&token).send().await.status, 404);
}

#[tokio::test]
async fn what_is_refused_leaves_no_row() {
    let app = app().await;
    let before = app.count("rr_resource").await;
    let (skd, brg) = (skd(&app).await, token(&app, "brg", "974760673").await);
    assert_eq!(app.post(BASE).json(&document("skd-trial")).send().await.status, 401);
    assert_eq!(create(&app, &brg, &document("skd-trial")).await.status, 403);
    let unscoped = app.test_token("GetEnterpriseToken", "scopes=altinn:other&org=skd&orgNo=974761076").await;
    assert_eq!(create(&app, &unscoped, &document("skd-trial")).await.status, 403);

    let mut incomplete = document("S");
    incomplete["title"] = json!({ "nb": "Prøve" });
    let answer = create(&app, &skd, &incomplete).await;
    assert_eq!(answer.status, 400);
    let problem = answer.json();
    assert_eq!(problem["title"], "One or more validation errors occurred.");
    assert_eq!(problem["errors"]["Identifier"].as_array().unwrap().len(), 1);
    assert_eq!(problem["errors"]["Title"].as_array().unwrap().len(), 2);
    let wrong_type = create(&app, &skd, &json!({ "identifier": 1 })).await;
    assert!(wrong_type.json()["errors"]["$.identifier"].is_array());

    let mut scope = document("skd-scope");
    scope["resourceType"] = json!("MaskinportenSchema");
    scope["resourceReferences"] = json!([{ "referenceSource": "ExternalPlatform",
        "referenceType": "MaskinportenScope", "reference": "brreg:secret" }]);
    let answer = create(&app, &skd, &scope).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["title"]), (401, &json!("Unauthorized")));
    assert_eq!(answer.json()["errors"]["InvalidPrefix"], json!(["brreg:secret"]));
    assert_eq!(app.count("rr_resource").await, before);
}

#[tokio::test]
async fn the_catalogue_is_open() {
    let app = app().await;
    let found = app.get(&format!("{BASE}/Search?id=boligsameie")).send().await.json();
    assert_eq!(found[0]["identifier"], "ske-innrapportering-boligsameie");
    let orgs = app.get(&format!("{BASE}/orgs")).send().await.json();
    assert_eq!(orgs["orgs"]["skd"]["orgnr"], "974761076");
    let by_subject = app
        .post(&format!("{BASE}/bysubjects/"))
        .json(&json!(["urn:altinn:accesspackage:forretningsforer-eiendom"]))
        .send()
        .await
        .json();
    let resources = by_subject["data"][0]["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 2);
    assert_eq!(resources[0]["urn"], "urn:altinn:resource:ske-innrapportering-boligsameie");
}
