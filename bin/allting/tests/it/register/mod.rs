//! Register over HTTP.

mod enhetsregisteret;
mod internal_parties;
mod organizations;
mod parties;
mod persons;

use crate::support::TestApp;
use population::Persona;
use serde_json::json;

/// The header by which callers inside the platform show who they are.
pub fn platform_token(app: &TestApp) -> String {
    let now = app.ctx.clock.now().as_second();
    let claims = json!({"iss": "platform", "urn:altinn:app": "ttd.test", "iat": now, "exp": now + 300});
    app.ctx.keys.altinn.sign(&claims).unwrap()
}

/// A persona's own token.
pub async fn user_token(app: &TestApp, persona: &Persona) -> String {
    let party = lookup(app, &json!({"ssn": persona.pid})).await;
    let found = app.get(&format!("/sandbox/api/v1/population/persons?q={}", persona.pid)).send().await.json();
    let query = format!(
        "userId={}&partyId={}&partyuuid={}&scopes=altinn:portal/enduser",
        found["data"][0]["userId"],
        party["partyId"],
        party["partyUuid"].as_str().unwrap()
    );
    app.test_token("GetPersonalToken", &query).await
}

/// A party as the platform sees it.
pub async fn lookup(app: &TestApp, body: &serde_json::Value) -> serde_json::Value {
    let answer = app
        .post("/register/api/v1/parties/lookup")
        .header("PlatformAccessToken", &platform_token(app))
        .json(body)
        .send()
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}
