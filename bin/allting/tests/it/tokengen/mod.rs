//! The test token generator (identity §5).

use crate::session::claims;
use crate::support::{Answer, TestApp, app};
use serde_json::{Value, json};

const BASIC: &str = "Basic YWxsdGluZzphbGx0aW5n";

async fn get(app: &TestApp, path: &str) -> Answer {
    app.get(path).header("authorization", BASIC).send().await
}

async fn token(app: &TestApp, path: &str) -> Value {
    let answer = get(app, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    claims(app, &answer.text()).await
}

#[tokio::test]
async fn the_door_is_watched() {
    let app = app().await;
    let path = "/api/GetPersonalToken?env=tt02";
    for authorization in ["", "Basic YTpi", "Digest x"] {
        let refused = app.get(path).header("authorization", authorization).send().await;
        assert_eq!(refused.status, 401, "{authorization}");
        assert_eq!(refused.header("www-authenticate"), "Basic realm=\"AltinnTestTools - TokenGenerator\"");
    }
    assert_eq!(app.get(path).header("authorization", "Basic %%%").send().await.status, 400);
    let now = app.ctx.clock.now().as_second();
    let bearer = |scope: &str| {
        let claims = json!({"iss": app.ctx.config.issuers.maskinporten, "scope": scope, "exp": now + 60});
        format!("Bearer {}", app.ctx.keys.maskinporten.sign(&claims).unwrap())
    };
    let status = async |scope: &str| {
        app.get(path).header("authorization", &bearer(scope)).send().await.status.as_u16()
    };
    assert_eq!(status("altinn:testtools/tokengenerator").await, 200);
    assert_eq!(status("altinn:testtools/tokengenerator/personal").await, 200);
    assert_eq!(status("altinn:testtools/tokengenerator/enterprise").await, 403);
    assert_eq!(status("altinn:testtools/token").await, 403);
}

#[tokio::test]
async fn faults_are_told_by_parameter() {
    let app = app().await;
    let refused = get(&app, "/api/GetEnterpriseToken?orgNo=12&ttl=x").await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.json(),
        json!({
            "env": "Parameter must be supplied", "scopes": "Parameter must be supplied",
            "orgNo": "Parameter was supplied with an invalid value", "ttl": "Parameter was supplied with an invalid value"
        })
    );
    assert_eq!(get(&app, "/api/GetPersonalToken?env=prod").await.status, 400);
    assert_eq!(get(&app, "/api/GetPersonalToken?ENV=tt02&unknown=1&pid=").await.status, 200);
}

#[tokio::test]
async fn an_enterprise_token_has_the_claims_of_the_spec() {
    let app = app().await;
    let token = token(
        &app,
        "/api/GetEnterpriseToken?env=tt02&scopes=altinn:a,altinn:b&org=ttd&orgNo=405003309&ttl=60",
    )
    .await;
    let iat = token["iat"].as_i64().unwrap();
    assert_eq!(
        token,
        json!({
            "scope": "altinn:a altinn:b", "token_type": "Bearer", "exp": iat + 60, "iat": iat, "nbf": iat,
            "client_id": token["client_id"], "jti": token["jti"],
            "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:405003309"}, "urn:altinn:orgNumber": "405003309",
            "urn:altinn:authenticatemethod": "maskinporten", "urn:altinn:authlevel": 3, "urn:altinn:org": "ttd",
            "iss": "https://platform.tt02.altinn.no/authentication/api/v1/openid/", "actual_iss": "altinn-test-tools"
        })
    );
    assert_eq!(token["jti"].as_str().unwrap().len(), 43);
}

#[tokio::test]
async fn every_kind_can_be_had() {
    let app = app().await;
    let id = "6b1d1e0a-6d0c-4b57-9d21-04d5a7a1a3a1";
    let person = token(&app, "/api/GetPersonalToken?env=tt02&authLvl=4").await;
    assert_eq!((&person["urn:altinn:authlevel"], &person["acr"]), (&json!("4"), &json!("idporten-loa-high")));
    assert_eq!(person["pid"].as_str().unwrap().len(), 11);
    let system =
        token(&app, &format!("/api/GetSystemUserToken?env=tt02&systemUserId={id}&systemUserOrg=310149942"))
            .await;
    assert_eq!(system["authorization_details"][0]["systemuser_id"], json!([id]));
    let user =
        token(&app, "/api/GetEnterpriseUserToken?env=tt02&orgNo=310149942&partyId=5&userId=6&userName=vb")
            .await;
    assert_eq!(
        (&user["urn:altinn:userid"], &user["urn:altinn:authenticatemethod"]),
        (&json!(6), &json!("virksomhetsbruker"))
    );
    let legacy = token(&app, "/api/GetSelfIdentifiedUserToken?env=tt02").await;
    assert!(legacy["urn:altinn:username"].as_str().unwrap().starts_with("SIUser"));
    let email = token(&app, "/api/GetSelfRegisteredEmailUserToken?env=tt02&email=Test@Example.com").await;
    assert_eq!(
        email["urn:altinn:party:external-identifier"],
        "urn:altinn:person:idporten-email:test%40example.com"
    );
    assert_eq!((&email["urn:altinn:authlevel"], &email["email"]), (&json!(0), &json!("Test@Example.com")));
    let platform = token(&app, "/api/GetPlatformToken?env=tt02&app=ttd.app").await;
    assert_eq!(platform["urn:altinn:app"], "ttd.app");
    let answer = get(&app, "/api/GetPlatformAccessToken?env=tt02&app=app").await;
    let read = jose::Unverified::parse(&answer.text(), 4096).unwrap().claims()["iss"].clone();
    assert_eq!(read, "platform");
    assert_eq!(get(&app, "/api/GetPlatformToken?env=tt02&app=a..b").await.status, 400);
}

#[tokio::test]
async fn issuers_follow_the_environment() {
    let app = app().await;
    let issuer = async |path: &str| {
        let text = get(&app, path).await.text();
        jose::Unverified::parse(&text, 8192).unwrap().claims()["iss"].as_str().unwrap().to_owned()
    };
    assert!(issuer("/api/GetPersonalToken?env=at22").await.contains("platform.at22.altinn.cloud"));
    assert_eq!(
        issuer("/api/GetPersonalToken?env=none").await,
        "http://127.0.0.1:8080/api/.well-known/oauth-authorization-server"
    );
    assert_eq!(issuer("/api/GetPlatformToken?env=none&app=a").await, "https://tokengenerator");
    let known = app.get("/api/.well-known/oauth-authorization-server").send().await.json();
    assert_eq!(known["issuer"], issuer("/api/GetEnterpriseToken?env=none&scopes=a:b").await);
}

#[tokio::test]
async fn dump_shows_header_and_payload() {
    let app = app().await;
    let shown = get(&app, "/api/GetPersonalToken?env=tt02&dump=true").await.text();
    let (header, payload) = shown.split_once("\n.\n").unwrap();
    let header: Value = serde_json::from_str(header).unwrap();
    let payload: Value = serde_json::from_str(payload).unwrap();
    assert_eq!((&header["alg"], &payload["actual_iss"]), (&json!("RS256"), &json!("altinn-test-tools")));
}

#[tokio::test]
async fn many_at_once_come_as_a_map() {
    let app = app().await;
    let people = get(&app, "/api/GetPersonalToken?env=tt02&bulkCount=20").await.json();
    let people = people.as_object().unwrap();
    assert_eq!(people.len(), 20);
    for (pid, token) in people {
        assert_eq!(claims(&app, token.as_str().unwrap()).await["pid"], json!(pid));
    }
    let orgs = get(&app, "/api/GetEnterpriseToken?env=none&scopes=a:b&bulkCount=3").await.json();
    assert_eq!(orgs.as_object().unwrap().len(), 3);
}
