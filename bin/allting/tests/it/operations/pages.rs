//! `/drift`

use super::{dead, items};
use crate::support::{Answer, TestApp, app};

/// The value of the form's hidden field.
fn csrf(page: &Answer) -> String {
    let text = page.text();
    let (_, rest) = text.split_once("name=\"_csrf\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn page(app: &TestApp, path: &str) -> Answer {
    let answer = app.get(path).send().await;
    assert_eq!(answer.status, 200, "{path}");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    answer
}

#[tokio::test]
async fn the_first_page_shows_health_queues_timers_and_nodes() {
    let app = app().await;
    assert!(page(&app, "/drift").await.text().contains("Alt er i orden."));
    dead(&app, 2).await;
    let text = page(&app, "/drift").await.text();
    assert!(text.contains("Noe trenger tilsyn") && text.contains("ko=events.outbound&amp;tilstand=dead"));
    for (language, word) in [("nn", "Noko treng tilsyn"), ("en", "Something needs attention")] {
        let cookie = format!("allting_language={language}");
        let answer = app.get("/drift").header("cookie", &cookie).send().await.text();
        assert!(
            answer.contains(word) && answer.contains(&format!("<html lang=\"{language}\"")),
            "{language}"
        );
    }
}

#[tokio::test]
async fn a_dead_message_is_looked_at_and_tried_again() {
    let app = app().await;
    let ids = dead(&app, 1).await;
    let list = page(&app, "/drift/jobber").await.text();
    let address = format!("/drift/jobber/{}", ids[0]);
    assert!(list.contains(&address) && !list.contains("21879498012"));
    let one = page(&app, &address).await;
    assert!(one.text().contains("[secret]") && !one.text().contains("s3cret"));
    let token = csrf(&one);
    let answer = app.post(&address).form(&[("_csrf", &token), ("do", "retry")]).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/drift/jobber?igjen=1"));
    assert_eq!(app.drain().await, 1);
    let told = page(&app, "/drift/jobber?igjen=1").await.text();
    assert!(told.contains("Én jobb prøves igjen.") && told.contains("sandbox prøvde igjen: events.matched"));
}

#[tokio::test]
async fn a_queue_is_dropped_for_a_reason() {
    let app = app().await;
    dead(&app, 3).await;
    let token = csrf(&page(&app, "/drift/jobber?ko=events.outbound").await);
    let post = async |fields: &[(&str, &str)]| app.post("/drift/jobber").form(fields).send().await;
    let all = [("_csrf", token.as_str()), ("queue", "events.outbound"), ("do", "drop"), ("reason", " ")];
    assert_eq!(post(&all).await.status, 400);
    assert_eq!(post(&[("_csrf", "forged"), all[1], all[2], ("reason", "r")]).await.status, 403);
    assert_eq!(post(&all[..2]).await.status, 422);
    assert_eq!(items(&app, "").await.len(), 3);
    let done = post(&[all[0], all[1], all[2], ("reason", "the endpoint is <gone>")]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/drift/jobber?forkastet=3"));
    let told = page(&app, "/drift/jobber?forkastet=3").await.text();
    assert!(told.contains("3 jobber er forkastet.") && told.contains("the endpoint is &lt;gone&gt;"));
    assert_eq!(items(&app, "").await.len(), 0);
}

#[tokio::test]
async fn what_is_not_there_says_so() {
    let app = app().await;
    for (path, status) in [
        ("/drift/jobber/x", 404),
        ("/drift/jobber/0195cf11-92fc-71bb-9dac-2a28e3d5f26b", 404),
        ("/drift/jobber?fra=x", 400),
    ] {
        let answer = app.get(path).send().await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(answer.text().contains("<h1"), "{path}");
    }
}
