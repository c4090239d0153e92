//! How often one caller may come, and what it is told then.

use crate::support::{Answer, Call, TestApp, app_with};
use serde_json::json;

/// Production's limits, and those that a test is about.
async fn strict(more: &[(&str, &str)]) -> TestApp {
    let mut settings = vec![("limits.sandbox_times", "1"), ("limits.failures", "off")];
    settings.extend_from_slice(more);
    app_with(&settings).await
}

/// An address of its own: the sandbox believes loopback's word for it.
fn from<'a>(call: Call<'a>, address: &str) -> Call<'a> {
    call.header("x-forwarded-for", address)
}

fn is_limited(answer: &Answer) -> bool {
    if answer.status == 429 {
        let wait: u64 = answer.header("retry-after").parse().expect("seconds to wait");
        assert!(wait >= 1);
    }
    answer.status == 429
}

#[tokio::test]
async fn an_address_has_its_burst_and_others_have_theirs() {
    let app = strict(&[("limits.read", "1/3")]).await;
    let path = "/enhetsregisteret/api/enheter/310200107";
    let mut answers = vec![];
    for _ in 0..5 {
        answers.push(from(app.get(path), "192.0.2.1").send().await);
    }
    let limited: Vec<bool> = answers.iter().map(is_limited).collect();
    assert_eq!(limited, [false, false, false, true, true]);
    assert_eq!(answers[4].json()["type"], "too-many-requests");
    assert!(!is_limited(&from(app.get(path), "192.0.2.2").send().await));
    for _ in 0..5 {
        assert_eq!(from(app.get("/health/live"), "192.0.2.1").send().await.status, 200);
    }
}

#[tokio::test]
async fn a_client_is_known_wherever_it_comes_from_and_is_told_as_the_real_services_do() {
    let app = strict(&[("limits.search", "1/2"), ("limits.read", "1/2")]).await;
    let token = app.maskinporten_token("altinn:events.subscribe").await;
    let path = "/events/api/v1/events?resource=urn:altinn:resource:x&after=0";
    let mut last = None;
    for at in 1..=3 {
        let call = from(app.get(path), &format!("192.0.2.{at}")).bearer(&token);
        last = Some(call.send().await);
    }
    let last = last.unwrap();
    assert!(is_limited(&last), "{}", last.text());
    let message = format!("Rate limit is exceeded. Try again in {} seconds.", last.header("retry-after"));
    assert_eq!(last.json(), json!({"statusCode": 429, "message": message}));
    let other = app.get("/events/api/v1/subscriptions").bearer(&token).send().await;
    assert_eq!(other.status, 200, "another kind of request has a limit of its own");
}

#[tokio::test]
async fn clients_of_one_organisation_share_what_it_has() {
    let app = strict(&[("limits.read", "1/2"), ("limits.organisation_times", "2")]).await;
    let now = app.ctx.clock.now().as_second();
    let token = |client: &str| {
        let claims = json!({
            "iss": app.ctx.config.issuers.maskinporten, "scope": "altinn:events.subscribe", "client_id": client,
            "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:310200409"},
            "iat": now, "exp": now + 100, "jti": client,
        });
        app.ctx.keys.maskinporten.sign(&claims).unwrap()
    };
    let mut limited = vec![];
    for client in ["a", "a", "b", "b", "c"] {
        let answer = app.get("/events/api/v1/subscriptions").bearer(&token(client)).send().await;
        limited.push(is_limited(&answer));
    }
    assert_eq!(limited, [false, false, false, false, true]);
}

#[tokio::test]
async fn a_reporting_service_and_a_token_endpoint_say_it_in_their_own_words() {
    let app = strict(&[("limits.write", "1/1"), ("limits.token", "1/1")]).await;
    let report = || app.post("/_host/innrapporteringboligsameie/v1/2023");
    report().send().await;
    let answer = report().send().await;
    assert!(is_limited(&answer));
    let body = answer.json();
    assert_eq!((&body["kode"], &body["spesifisering"][0]["kode"]), (&json!("GLD_017"), &json!("GLD_1053")));
    app.post("/token").send().await;
    let answer = app.post("/token").send().await;
    assert!(is_limited(&answer));
    assert_eq!(answer.json()["error"], "temporarily_unavailable");
}

#[tokio::test]
async fn refused_proofs_are_rationed_and_whoever_has_a_token_goes_on() {
    let app = strict(&[("limits.failures", "1/3")]).await;
    let token = app.maskinporten_token("altinn:events.subscribe").await;
    let grant = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", "a.b.c")];
    let mut statuses = vec![];
    for _ in 0..4 {
        statuses.push(app.post("/token").form(&grant).send().await.status.as_u16());
    }
    assert_eq!(statuses, [400, 400, 400, 429]);
    let guessed = app.get("/events/api/v1/subscriptions").bearer("x.y.z").send().await;
    assert!(is_limited(&guessed), "the same address may not guess elsewhere either");
    assert_eq!(app.get("/events/api/v1/subscriptions").bearer(&token).send().await.status, 200);
    assert_eq!(from(app.post("/token"), "192.0.2.9").form(&grant).send().await.status, 400);
}

#[tokio::test]
async fn a_limited_request_asks_nobody() {
    let app = strict(&[("limits.read", "1/30")]).await;
    let (cookie, _) = app.login(crate::support::DIRECTOR).await;
    for _ in 0..60 {
        app.get("/innboks").header("cookie", &cookie).send().await;
    }
    // Without a database, an answer can only come from memory.
    app.ctx.db.close().await.unwrap();
    let answer = app.get("/innboks").header("cookie", &cookie).send().await;
    assert!(is_limited(&answer), "{}", answer.status);
    assert!(answer.text().contains("For mange forespørsler"));
}
