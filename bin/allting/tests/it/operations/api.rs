//! `/allting/api/v1/operations/jobs` and `/health/details`

use super::{dead, items};
use crate::support::{app, random};
use serde_json::json;

const JOBS: &str = "/allting/api/v1/operations/jobs";

#[tokio::test]
async fn dead_messages_are_listed_by_page_without_secrets() {
    let app = app().await;
    dead(&app, 5).await;
    let (mut seen, mut query) = (0, "?limit=2&queue=events.outbound".to_owned());
    loop {
        let answer = app.get(&format!("{JOBS}{query}")).send().await;
        assert_eq!(answer.status, 200);
        assert!(!answer.text().contains("21879498012") && !answer.text().contains("s3cret"));
        let page = answer.json();
        seen += page["items"].as_array().unwrap().len();
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?limit=2&queue=events.outbound&cursor={next}");
    }
    assert_eq!(seen, 5);
    let first = &items(&app, "").await[0];
    assert_eq!((&first["state"], &first["attempts"]), (&json!("dead"), &json!(1)));
    assert_eq!(first["payload"]["clientSecret"], "[secret]");
    assert!(first["lastError"].as_str().unwrap().starts_with("payload of events.matched"));
    assert_eq!(items(&app, "?queue=other").await.len(), 0);
    assert_eq!(items(&app, "?state=open").await.len(), 0);
    let one = app.get(&format!("{JOBS}/{}", first["id"].as_str().unwrap())).send().await;
    assert_eq!(&one.json(), first);
}

#[tokio::test]
async fn bad_requests_are_told_what_is_wrong_and_change_nothing() {
    let app = app().await;
    let ids = dead(&app, 1).await;
    let unknown = uuid::Uuid::from_bytes(random());
    let before = app.rows().await;
    for query in ["limit=0", "limit=501", "limit=x", "state=gone", "cursor=x", "que=a", "limit=1&limit=2"] {
        let answer = app.get(&format!("{JOBS}?{query}")).send().await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["type"]),
            (400, &json!("invalid-request")),
            "{query}"
        );
    }
    for id in [unknown.to_string(), "x".into()] {
        for call in [
            app.get(&format!("{JOBS}/{id}")),
            app.post(&format!("{JOBS}/{id}/retry")),
            app.post(&format!("{JOBS}/{id}/drop")).json(&json!({ "reason": "r" })),
        ] {
            let answer = call.send().await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["type"]),
                (404, &json!("unknown-job")),
                "{id}"
            );
        }
    }
    for body in
        [json!({}), json!({ "reason": "" }), json!({ "reason": " " }), json!({ "reason": "r", "x": 1 })]
    {
        let answer = app.post(&format!("{JOBS}/{}/drop", ids[0])).json(&body).send().await;
        assert_eq!(answer.status, 400, "{body}");
    }
    for (path, body) in [("retry", json!({})), ("drop", json!({ "queue": "events.outbound" }))] {
        let answer = app.post(&format!("{JOBS}/{path}")).json(&body).send().await;
        assert_eq!(answer.status, 400, "{path} {body}");
    }
    assert_eq!(app.rows().await, before);
}

#[tokio::test]
async fn one_or_all_are_retried_or_dropped() {
    let app = app().await;
    let ids = dead(&app, 4).await;
    assert_eq!(app.post(&format!("{JOBS}/{}/retry", ids[0])).send().await.status, 204);
    assert_eq!(items(&app, "?state=open").await.len(), 1);
    assert_eq!(app.drain().await, 1);
    let drop = app.post(&format!("{JOBS}/{}/drop", ids[1])).json(&json!({ "reason": "double" }));
    assert_eq!(drop.send().await.status, 204);
    let body = json!({ "queue": "events.outbound" });
    let retried = app.post(&format!("{JOBS}/retry")).json(&body).send().await;
    assert_eq!(retried.json(), json!({ "retried": 3 }));
    assert_eq!(app.drain().await, 3);
    let body = json!({ "queue": "events.outbound", "reason": "all double" });
    let dropped = app.post(&format!("{JOBS}/drop")).json(&body).send().await;
    assert_eq!(dropped.json(), json!({ "dropped": 3 }));
    assert_eq!(items(&app, "").await.len(), 0);
    assert_eq!(app.count("audit_entry WHERE action LIKE 'job.%' AND actor = 'sandbox'").await, 1 + 1 + 3 + 3);
}

#[tokio::test]
async fn health_tells_which_queue_needs_a_look() {
    let app = app().await;
    let details = async || app.get("/health/details").send().await.json();
    let fine = details().await;
    assert_eq!((&fine["status"], &fine["environment"]), (&json!("ok"), &json!("tt02")));
    dead(&app, 1).await;
    let degraded = details().await;
    assert_eq!(degraded["status"], "degraded");
    let queues = degraded["queues"].as_array().unwrap();
    let queue = queues.iter().find(|queue| queue["name"] == "events.outbound").unwrap();
    assert_eq!(
        queue,
        &json!({"name": "events.outbound", "open": 0, "leased": 0, "dead": 1, "oldestSeconds": 0})
    );
    assert!(queues.len() > 3);
    assert_eq!(app.get("/health/ready").send().await.status, 200, "requests are still taken");
}
