//! `GET /register/api/v1/persons`

use super::{platform_token, user_token};
use crate::support::{Answer, TestApp, app};
use population::personas;
use serde_json::json;

async fn ask(app: &TestApp, user: &str, pid: &str, name: &str) -> Answer {
    app.get("/register/api/v1/persons")
        .header("PlatformAccessToken", &platform_token(app))
        .bearer(user)
        .header("X-Ai-NationalIdentityNumber", pid)
        .header("X-Ai-LastName", name)
        .send()
        .await
}

#[tokio::test]
async fn number_and_name_together_open_a_person() {
    let app = app().await;
    let user = user_token(&app, &personas()[0]).await;
    let ola = personas()[1].pid;
    // The name may come in base64, and only its first four letters count.
    for name in ["Tveit", "TVEITEN", "VHZlaXQ="] {
        let answer = ask(&app, &user, ola, name).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["firstName"]), (200, &json!("Ola")), "{name}");
    }
    assert_eq!(app.count("failed_lookup").await, 0);
}

#[tokio::test]
async fn ten_failures_block_the_caller_for_an_hour() {
    let app = app().await;
    let user = user_token(&app, &personas()[0]).await;
    let other = user_token(&app, &personas()[1]).await;
    for _ in 0..9 {
        assert_eq!(ask(&app, &user, personas()[1].pid, "Hansen").await.status, 404);
    }
    let unknown = ask(&app, &user, "21879498012", "Hansen").await;
    assert_eq!((unknown.status.as_u16(), &unknown.json()["code"]), (404, &json!("REG-00009")));
    let blocked = ask(&app, &user, personas()[1].pid, "Tveit").await;
    assert_eq!((blocked.status.as_u16(), &blocked.json()["code"]), (429, &json!("REG-00008")));
    assert_eq!(ask(&app, &other, personas()[0].pid, "Nordli").await.status, 200, "others are not blocked");
}

#[tokio::test]
async fn headers_are_checked() {
    let app = app().await;
    let user = user_token(&app, &personas()[0]).await;
    let malformed = ask(&app, &user, "123", "Tveit").await;
    assert_eq!(malformed.status, 400);
    let path = &malformed.json()["validationErrors"][0]["paths"][0];
    assert_eq!(path, "/$HEADER/X-Ai-NationalIdentityNumber");
    let no_platform = app.get("/register/api/v1/persons").bearer(&user).send().await;
    assert_eq!(no_platform.status, 401);
}
