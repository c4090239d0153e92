//! What operators see and do: the API, the pages, the command.

mod api;
mod command;
mod log;
mod pages;

use crate::support::TestApp;
use jobs::Message;
use serde_json::{Value, json};

/// Leaves `count` dead messages in the queue that posts events, each with an identity number and a secret in it.
async fn dead(app: &TestApp, count: usize) -> Vec<String> {
    let mut tx = app.ctx.db.begin("test").await.unwrap();
    for number in 0..count {
        let payload = json!({ "number": number, "person": "21879498012", "clientSecret": "s3cret" });
        let key = format!("key {number} of 21879498012");
        let message = Message { topic: "events.matched", key, payload, available_at: None };
        app.ctx.outbox.put(&mut tx, message).await.unwrap();
    }
    tx.commit().await.unwrap();
    app.drain().await;
    let ids: Vec<String> =
        items(app, "").await.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), count);
    ids
}

async fn items(app: &TestApp, query: &str) -> Vec<Value> {
    let answer = app.get(&format!("/allting/api/v1/operations/jobs{query}")).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}
