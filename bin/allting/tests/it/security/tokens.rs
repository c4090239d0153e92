//! Tokens that say more than they prove.

use crate::support::{DIRECTOR, TestApp, app};
use serde_json::json;

const DIALOGS: &str = "/dialogporten/api/v1/enduser/dialogs?party=urn:altinn:person:identifier-no:";
const PARTIES: &str = "/accessmanagement/api/v1/authorizedparties";

async fn opened(app: &TestApp, token: &str) -> Vec<u16> {
    let mut statuses = Vec::new();
    for path in [format!("{DIALOGS}{DIRECTOR}"), PARTIES.to_owned()] {
        statuses.push(app.get(&path).bearer(token).send().await.status.as_u16());
    }
    statuses
}

/// Any client may write any identity number into its grant (identity §1.2.2); that is not a login.
#[tokio::test]
async fn a_client_that_names_a_person_is_not_that_person() {
    let app = app().await;
    let now = app.ctx.clock.now().as_second();
    let claims = json!({
        "iss": app.ctx.config.issuers.maskinporten, "scope": "digdir:dialogporten", "exp": now + 100, "iat": now,
        "client_id": "c", "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:310200409"}, "pid": DIRECTOR,
    });
    let raw = app.ctx.keys.maskinporten.sign(&claims).unwrap();
    assert_eq!(opened(&app, &raw).await, [403, 401]);
    let exchanged = app.get("/authentication/api/v1/exchange/maskinporten").bearer(&raw).send().await;
    assert_eq!(exchanged.status, 200);
    assert_eq!(opened(&app, &exchanged.text()).await, [403, 401]);
    let person = app.person_token(DIRECTOR, "digdir:dialogporten").await;
    assert_eq!(opened(&app, &person).await, [200, 200]);
}

/// A token that a script has read from `refresh` ends with the session, as the cookie does.
#[tokio::test]
async fn a_portal_token_dies_with_its_session_as_a_bearer_token_too() {
    let app = app().await;
    let (cookies, _) = app.login(DIRECTOR).await;
    let token = app.get("/authentication/api/v1/refresh").header("cookie", &cookies).send().await.text();
    assert_eq!(app.get(PARTIES).bearer(&token).send().await.status, 200);
    assert_eq!(app.get("/authentication/api/v1/logout").header("cookie", &cookies).send().await.status, 302);
    assert_eq!(app.get(PARTIES).bearer(&token).send().await.status, 401);
}

/// Every issuer has its own keys and kinds of token: none stands in for another.
#[tokio::test]
async fn tokens_of_other_kinds_open_nothing() {
    let app = app().await;
    let now = app.ctx.clock.now().as_second();
    let person = app.party(ports::register::PartyRef::Pid(DIRECTOR.to_owned())).await;
    let claims = |iss: &str, more: serde_json::Value| {
        let mut claims =
            json!({"iss": iss, "exp": now + 100, "urn:altinn:party:uuid": person.uuid, "pid": DIRECTOR});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    };
    let (keys, issuers) = (&app.ctx.keys, &app.ctx.config.issuers);
    let scope = json!({"scope": "altinn:portal/enduser"});
    for (kind, token) in [
        ("id_token", keys.idporten.sign(&claims(&issuers.idporten, json!({"nonce": "n"})))),
        ("dialog token", keys.dialogporten.sign(&claims(&issuers.dialogporten, scope.clone()))),
        ("dialog token of another name", keys.dialogporten.sign(&claims(&issuers.altinn, scope.clone()))),
        ("ID-porten as Altinn", keys.idporten.sign(&claims(&issuers.altinn, scope.clone()))),
        ("Maskinporten as ID-porten", keys.maskinporten.sign(&claims(&issuers.idporten, scope))),
        ("platform token", keys.altinn.sign(&claims("platform", json!({"urn:altinn:app": "platform.x"})))),
    ] {
        let token = token.unwrap();
        assert_eq!(app.get(PARTIES).bearer(&token).send().await.status, 401, "{kind}");
        let cookie = format!("AltinnStudioRuntime={token}");
        assert_eq!(app.get(PARTIES).header("cookie", &cookie).send().await.status, 401, "{kind}");
    }
}
