//! Handshake and delivery to a listener.

use super::{SUBSCRIPTIONS, World, event, world};
use crate::support::Hook;
use population::personas::OTHER_CONDOMINIUM;
use serde_json::{Value, json};

impl World {
    async fn subscription(&self, id: &Value) -> Value {
        self.app.get(&format!("{SUBSCRIPTIONS}/{id}")).bearer(&self.subscriber).send().await.json()
    }
}

#[tokio::test]
async fn the_handshake_is_tried_again_until_the_endpoint_answers() {
    let world = world().await;
    let hook = Hook::start(&[500, 404]).await;
    let id = world.subscribe(&hook.url, json!({})).await.json()["id"].clone();
    assert_eq!(world.subscription(&id).await["validated"], false);
    world.app.drain().await;
    assert_eq!(world.subscription(&id).await["validated"], true);
    let handshakes = hook.handshakes();
    assert_eq!(handshakes.len(), 3);
    assert!(handshakes.iter().all(|one| *one == handshakes[0]), "the same greeting each time");
    assert_eq!(handshakes[0]["type"], "platform.events.validatesubscription");
    assert!(handshakes[0]["source"].as_str().unwrap().ends_with(&format!("{SUBSCRIPTIONS}/{id}")));
    assert_eq!(handshakes[0].as_object().unwrap().len(), 4, "{}", handshakes[0]);
}

#[tokio::test]
async fn an_endpoint_that_never_answers_gets_no_events_until_it_is_tried_anew() {
    let world = world().await;
    let hook = Hook::start(&[500; 9]).await;
    let id = world.subscribe(&hook.url, json!({})).await.json()["id"].clone();
    world.app.drain().await;
    assert_eq!(hook.handshakes().len(), 9, "nine tries, then the job is dead");
    assert_eq!(world.subscription(&id).await["validated"], false);
    world.publish(&event("1", "skd.filing")).await;
    world.app.drain().await;
    assert_eq!(hook.events().len(), 0);
    assert_eq!(world.subscribe(&hook.url, json!({})).await.json()["id"], id);
    world.app.drain().await;
    assert_eq!(world.subscription(&id).await["validated"], true);
    world.publish(&event("2", "skd.filing")).await;
    world.app.drain().await;
    assert_eq!(hook.events().len(), 1);
}

#[tokio::test]
async fn a_failed_delivery_is_repeated_with_the_same_body() {
    let world = world().await;
    let hook = Hook::start(&[]).await;
    world.subscribe(&hook.url, json!({})).await;
    world.app.drain().await;
    hook.plan(&[500, 302, 429]);
    let mut sent = event("1", "skd.filing");
    sent["data"] = json!({"øre": [1, 2.50, null], "text": "\u{1F4E8}"});
    sent["ownattribute"] = json!("kept");
    world.publish(&sent).await;
    world.app.drain().await;
    let heard = hook.events();
    assert_eq!(heard.len(), 4, "500, a redirect that is not followed, 429 and 200");
    assert!(heard.iter().all(|body| *body == heard[0]));
    assert_eq!(serde_json::from_str::<Value>(&heard[0]).unwrap(), sent);
    let headers = hook.last_headers();
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert!(!headers.contains_key("authorization") && !headers.contains_key("cookie"));
    world.app.drain().await;
    assert_eq!(hook.events().len(), 4);
    assert_eq!(world.app.count("outbox").await, 0);
}

#[tokio::test]
async fn only_what_the_filters_and_the_rights_let_through_arrives() {
    let world = world().await;
    let (all, filtered) = (Hook::start(&[]).await, Hook::start(&[]).await);
    world.subscribe(&all.url, json!({})).await;
    world.subscribe(&filtered.url, json!({"typeFilter": "skd.filing"})).await;
    world.app.drain().await;
    world.publish(&event("1", "skd.filing")).await;
    world.publish(&event("2", "skd.other")).await;
    let mut foreign = event("3", "skd.filing");
    foreign["subject"] = json!(format!("urn:altinn:organization:identifier-no:{OTHER_CONDOMINIUM}"));
    world.publish(&foreign).await;
    let mut elsewhere = event("4", "skd.filing");
    elsewhere["resource"] = json!("urn:altinn:resource:ske-innrapportering-boligselskap");
    world.publish(&elsewhere).await;
    world.app.drain().await;
    let ids = |hook: &Hook| {
        let mut ids: Vec<_> = hook
            .events()
            .iter()
            .map(|body| serde_json::from_str::<Value>(body).unwrap()["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&all), ["1", "2"]);
    assert_eq!(ids(&filtered), ["1"]);

    // A right that is taken away counts for the next event.
    world.user.revoke(&world.app).await;
    world.publish(&event("5", "skd.filing")).await;
    world.app.drain().await;
    assert_eq!((ids(&all), ids(&filtered)), (vec!["1".to_owned(), "2".to_owned()], vec!["1".to_owned()]));
}

/// The right is gone while the event waits for its endpoint.
#[tokio::test]
async fn what_waits_for_an_endpoint_is_not_sent_after_the_subscription_has_ended() {
    let world = world().await;
    let hook = Hook::start(&[]).await;
    let id = world.subscribe(&hook.url, json!({})).await.json()["id"].clone();
    world.app.drain().await;
    world.publish(&event("1", "skd.filing")).await;
    let one = format!("{SUBSCRIPTIONS}/{id}");
    assert_eq!(world.app.delete(&one).bearer(&world.subscriber).send().await.status, 200);
    world.app.drain().await;
    assert_eq!(hook.events().len(), 0);
}
