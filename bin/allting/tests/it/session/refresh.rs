//! `GET refresh`: identity §3.5, and the life of a session.

use super::browser::{Browser, KARI, claims, start};
use crate::support::{TestApp, app};
use jiff::SignedDuration;

const REFRESH: &str = "/authentication/api/v1/refresh";

async fn forward(app: &TestApp, minutes: i64) {
    let to = app.ctx.clock.now() + SignedDuration::from_mins(minutes);
    app.clock.set(&app.ctx.db, to).await.unwrap();
}

#[tokio::test]
async fn the_answer_is_raw_text_or_a_json_string() {
    let app = app().await;
    let token = app.test_token("GetPersonalToken", "userId=1&partyId=2").await;
    let raw = app.get(REFRESH).bearer(&token).send().await;
    assert_eq!((raw.status.as_u16(), raw.header("content-type")), (200, "text/plain; charset=utf-8"));
    let quoted = app.get(REFRESH).bearer(&token).header("accept", "application/json").send().await;
    assert!(quoted.json().is_string());
    assert_eq!(app.get(REFRESH).send().await.status, 401);
}

#[tokio::test]
async fn the_number_is_put_in_on_request_only() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.persona(KARI).await;
    let plain = claims(&app, &browser.get(REFRESH).await.text()).await;
    let rich = claims(&app, &browser.get(&format!("{REFRESH}?enrichPid=true")).await.text()).await;
    assert_eq!((plain.get("pid"), rich["pid"].as_str()), (None, Some(KARI)));
}

#[tokio::test]
async fn a_session_slides_with_use_and_ends_without() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.persona(KARI).await;
    for _ in 0..3 {
        forward(&app, 25).await;
        let (_, answer) = browser.follow(&start(&[("goto", REFRESH)])).await;
        assert_eq!(answer.status, 200);
    }
    forward(&app, 31).await;
    assert_eq!(browser.get(REFRESH).await.status, 401);
    let (address, _) = browser.follow(&start(&[("goto", REFRESH)])).await;
    assert!(address.contains("/idporten/login"), "{address}");
}

#[tokio::test]
async fn a_token_of_another_issuer_is_not_refreshed() {
    let app = app().await;
    let now = app.ctx.clock.now().as_second();
    let claims =
        serde_json::json!({"iss": app.ctx.config.issuers.maskinporten, "scope": "a:b", "exp": now + 60});
    let token = app.ctx.keys.maskinporten.sign(&claims).unwrap();
    assert_eq!(app.get(REFRESH).bearer(&token).send().await.status, 401);
}

/// A token that no session stands behind is renewed as long as a session would last, and no longer.
#[tokio::test]
async fn renewals_end_when_the_session_would() {
    let app = app().await;
    let mut token = app.test_token("GetPersonalToken", "userId=1&partyId=2").await;
    let first = app.ctx.clock.now().as_second();
    let end = |token: &str| {
        let read = jose::Unverified::parse(token, jose::MAX_TOKEN_BYTES).unwrap();
        read.claims()["exp"].as_i64().unwrap() - first
    };
    for _ in 0..24 {
        forward(&app, 29).await;
        let answer = app.get(REFRESH).bearer(&token).send().await;
        assert_eq!(answer.status, 200);
        token = answer.text();
    }
    assert!((720 * 60 - 5..=720 * 60).contains(&end(&token)), "{}", end(&token));
    forward(&app, 23).await;
    assert_eq!(app.get(REFRESH).bearer(&token).send().await.status, 200);
    forward(&app, 2).await;
    assert_eq!(app.get(REFRESH).bearer(&token).send().await.status, 401);
}
