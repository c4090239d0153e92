//! `POST /token` with the seeded clients.

use crate::support::{Answer, TestApp, app};
use population::personas::{SKD, SKD_CLIENT, VENDOR, VENDOR_CLIENT};
use serde_json::{Value, json};

const ISSUER: &str = "https://test.maskinporten.no/";

async fn token(app: &TestApp, client: &str, scope: &str, more: Value) -> Answer {
    let now = app.ctx.clock.now().as_second();
    let mut claims =
        json!({"iss": client, "aud": ISSUER, "scope": scope, "iat": now, "exp": now + 100, "jti": scope});
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let grant = jose::sandbox::vendor().unwrap().sign(&claims).unwrap();
    let fields =
        [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", grant.as_str())];
    app.post("/token").form(&fields).send().await
}

fn claims(app: &TestApp, answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let options =
        jose::VerifyOptions { issuer: ISSUER, leeway: std::time::Duration::ZERO, now: app.ctx.clock.now() };
    let body = answer.json();
    Value::Object(app.ctx.keys.maskinporten.verify(body["access_token"].as_str().unwrap(), &options).unwrap())
}

#[tokio::test]
async fn seeded_clients_get_their_own_scopes() {
    let app = app().await;
    for (client, org_no, scope) in [
        (VENDOR_CLIENT, VENDOR, "skatteetaten:innrapporteringboligsameie"),
        (SKD_CLIENT, SKD, "digdir:dialogporten.serviceprovider"),
    ] {
        let token = claims(&app, &token(&app, client, scope, json!({})).await);
        assert_eq!((&token["client_id"], &token["scope"]), (&json!(client), &json!(scope)));
        assert_eq!(token["consumer"]["ID"], format!("0192:{org_no}"));
    }
    let issued = app.count("maskinporten_issued_token").await;
    let answer = token(&app, VENDOR_CLIENT, "digdir:dialogporten.serviceprovider", json!({})).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (400, &json!("invalid_scope")));
    assert_eq!(app.count("maskinporten_issued_token").await, issued);
}

#[tokio::test]
async fn nobody_has_a_system_user_before_the_customer_has_approved_one() {
    let app = app().await;
    let details = json!({"authorization_details": [{"type": "urn:altinn:systemuser",
        "systemuser_org": {"authority": "iso6523-actorid-upis", "ID": "0192:310200107"}}]});
    let answer = token(&app, VENDOR_CLIENT, "skatteetaten:innrapporteringboligsameie", details).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (400, &json!("invalid_altinn_customer_configuration"))
    );
    assert_eq!(app.count("maskinporten_used_grant").await, 0);
}

#[tokio::test]
async fn the_token_opens_what_its_scope_opens() {
    let app = app().await;
    let answer = token(&app, VENDOR_CLIENT, "altinn:authentication/systemregister.write", json!({})).await;
    let raw = answer.json()["access_token"].as_str().unwrap().to_owned();
    let exchange = |token: String| app.get("/authentication/api/v1/exchange/maskinporten").bearer(&token);
    assert_eq!(exchange(raw.clone()).send().await.status, 200);
    let (unsigned, signature) = raw.rsplit_once('.').unwrap();
    let forged = format!("{unsigned}.{}", signature.chars().rev().collect::<String>());
    assert_eq!(exchange(forged).send().await.status, 401);
}
