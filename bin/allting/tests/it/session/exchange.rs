//! `GET exchange/{provider}`: identity §3.2, and the issuer's metadata (§3.3).

use super::browser::{KARI, claims};
use crate::support::{TestApp, app};
use serde_json::{Value, json};

fn maskinporten(app: &TestApp, changes: Value) -> String {
    let now = app.ctx.clock.now().as_second();
    let mut claims = json!({
        "iss": app.ctx.config.issuers.maskinporten, "scope": "altinn:serviceowner/instances.read", "token_type": "Bearer",
        "client_id": "c-1", "client_amr": "private_key_jwt", "jti": "j-1", "iat": now, "exp": now + 120,
        "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:991825827"}
    });
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    app.ctx.keys.maskinporten.sign(&claims).unwrap()
}

fn idporten(app: &TestApp, changes: Value) -> String {
    let now = app.ctx.clock.now().as_second();
    let mut claims = json!({
        "iss": app.ctx.config.issuers.idporten, "sub": "s", "scope": "openid altinn:instances.read", "pid": KARI,
        "acr": "idporten-loa-high", "amr": ["BankID"], "client_id": "c-2", "jti": "j-2", "iat": now, "exp": now + 77, "aud": "x"
    });
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    app.ctx.keys.idporten.sign(&claims).unwrap()
}

async fn exchange(app: &TestApp, provider: &str, token: &str) -> crate::support::Answer {
    app.get(&format!("/authentication/api/v1/exchange/{provider}")).bearer(token).send().await
}

#[tokio::test]
async fn a_maskinporten_token_becomes_an_altinn_token() {
    let app = app().await;
    let details =
        json!([{"type": "urn:altinn:systemuser", "systemuser_id": ["6b1d1e0a-6d0c-4b57-9d21-04d5a7a1a3a1"]}]);
    let answer =
        exchange(&app, "Maskinporten", &maskinporten(&app, json!({"authorization_details": details}))).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    let token = claims(&app, &answer.text()).await;
    let iat = token["iat"].as_i64().unwrap();
    assert_eq!(
        token,
        json!({
            "iss": app.ctx.config.issuers.altinn, "scope": "altinn:serviceowner/instances.read", "token_type": "Bearer",
            "client_id": "c-1", "jti": "j-1", "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:991825827"},
            "authorization_details": details, "urn:altinn:org": "digdir", "urn:altinn:orgNumber": "991825827",
            "urn:altinn:authenticatemethod": "maskinporten", "urn:altinn:authlevel": 3, "sid": token["sid"],
            "iat": iat, "nbf": iat, "exp": iat + 1800
        })
    );
    let test = app
        .get("/authentication/api/v1/exchange/maskinporten?test=true")
        .bearer(&maskinporten(&app, json!({})))
        .send()
        .await;
    assert_eq!(claims(&app, &test.text()).await["urn:altinn:org"], "ttd");
}

#[tokio::test]
async fn what_maskinporten_did_not_issue_is_refused() {
    let app = app().await;
    let now = app.ctx.clock.now().as_second();
    for token in [
        "nonsense".to_owned(),
        maskinporten(&app, json!({"exp": now - 60})),
        maskinporten(&app, json!({"iss": "https://elsewhere.example/"})),
        maskinporten(&app, json!({"consumer": {"authority": "other", "ID": "0192:991825827"}})),
        maskinporten(&app, json!({"consumer": null})),
        idporten(&app, json!({})),
    ] {
        let answer = exchange(&app, "maskinporten", &token).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (401, 0));
    }
    let none = app.get("/authentication/api/v1/exchange/maskinporten").send().await;
    assert_eq!(none.status, 401);
    assert_eq!(exchange(&app, "unknown", &maskinporten(&app, json!({}))).await.status, 400);
    assert_eq!(exchange(&app, "altinnstudio", &maskinporten(&app, json!({}))).await.status, 501);
    let gone = app
        .get("/authentication/api/v1/exchange/maskinporten")
        .bearer(&maskinporten(&app, json!({})))
        .header("X-Altinn-EnterpriseUser-Authentication", "x")
        .send()
        .await;
    assert_eq!((gone.status.as_u16(), &gone.json()["type"]), (410, &json!("https://docs.altinn.studio")));
}

#[tokio::test]
async fn a_person_token_keeps_its_end_and_gains_the_user() {
    let app = app().await;
    let incoming = idporten(&app, json!({}));
    let answer = exchange(&app, "id-porten", &incoming).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let token = claims(&app, &answer.text()).await;
    assert_eq!(token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(), 77);
    assert!(token["urn:altinn:partyid"].is_i64() && token["urn:altinn:userid"].is_string());
    assert_eq!(token["nameid"], token["urn:altinn:userid"]);
    for (name, value) in [
        ("pid", json!(KARI)),
        ("amr", json!("BankID")),
        ("urn:altinn:authenticatemethod", json!("BankID")),
        ("urn:altinn:authlevel", json!(4)),
    ] {
        assert_eq!(token[name], value, "{name}");
    }
    assert!(token.get("sub").is_none() && token.get("aud").is_none());
}

#[tokio::test]
async fn the_scope_of_a_person_token_is_looked_at_first() {
    let app = app().await;
    let status =
        async |changes: Value| exchange(&app, "id-porten", &idporten(&app, changes)).await.status.as_u16();
    assert_eq!(status(json!({"scope": "openid profile", "pid": null})).await, 403);
    assert_eq!(status(json!({"pid": null})).await, 401);
    assert_eq!(status(json!({"acr": null})).await, 401);
    assert_eq!(status(json!({"pid": "28876895937"})).await, 401, "nobody in the register");
    assert_eq!(status(json!({"scope": "skatteetaten:mvameldinginnsending"})).await, 200);
}

#[tokio::test]
async fn the_issuer_publishes_its_metadata() {
    let app = app().await;
    let document =
        app.get("/authentication/api/v1/openid/.well-known/openid-configuration").send().await.json();
    assert_eq!(document["issuer"], json!(app.ctx.config.issuers.altinn));
    let jwks = document["jwks_uri"].as_str().unwrap().strip_prefix(crate::support::BASE).unwrap().to_owned();
    assert!(app.get(&jwks).send().await.json()["keys"][0]["n"].is_string());
}
