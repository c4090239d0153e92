//! `POST events`

use super::{EVENTS, event, world};
use population::personas::{CONDOMINIUM, SKD, TTD};
use serde_json::{Value, json};

const KIND: &str = "application/cloudevents+json";

fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut body = event("1", "skd.filing");
    change(&mut body);
    body.to_string().into_bytes()
}

#[tokio::test]
async fn an_unsound_event_is_refused_and_not_stored() {
    let world = world().await;
    let before = world.app.rows().await;
    for kind in ["application/json", "application/cloudevents-batch+json", "text/plain"] {
        let answer = world.publish_as(&world.publisher, kind, changed(|_| ())).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (415, 0), "{kind}");
    }
    assert_eq!(world.app.post(EVENTS).bearer(&world.publisher).body("{}").send().await.status, 415);

    let by_member = [
        (changed(|e| _ = e.as_object_mut().unwrap().remove("id")), "id"),
        (changed(|e| e["source"] = json!("")), "source"),
        (changed(|e| e["type"] = json!(7)), "type"),
        (b"{}".to_vec(), "id, source, type, specversion"),
    ];
    for (body, names) in by_member {
        let answer = world.publish_as(&world.publisher, KIND, body).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        let wanted = format!("CloudEvent is missing required attributes: {names} (Parameter 'data')");
        assert_eq!(answer.json()["errors"]["RequestBody"], json!([wanted]));
    }
    let unreadable: [Vec<u8>; 10] = [
        vec![],
        b"{".to_vec(),
        b"[]".to_vec(),
        b"{\"id\":\"\xff\"}".to_vec(),
        "[".repeat(100).into_bytes(),
        changed(|e| e["specversion"] = json!("0.3")),
        changed(|e| e["Extra_Name"] = json!("x")),
        changed(|e| e["id"] = json!("x".repeat(1001))),
        changed(|e| e["source"] = json!(format!("https://skd.example/{}", "x".repeat(1000)))),
        changed(|e| e["subject"] = json!("a\0b")),
    ];
    for body in unreadable {
        let answer = world.publish_as(&world.publisher, KIND, body).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert!(answer.json()["errors"]["RequestBody"][0].is_string(), "{}", answer.text());
    }
    let of_resource = [
        (
            changed(|e| _ = e.as_object_mut().unwrap().remove("resource")),
            "A 'resource' property must be defined.",
        ),
        (changed(|e| e["resource"] = json!("boligsameie")), "'Resource' must be a valid urn."),
        (changed(|e| e["resource"] = json!("urn:altinn:resource:Å")), "'Resource' must be a valid urn."),
    ];
    for (body, detail) in of_resource {
        let answer = world.publish_as(&world.publisher, KIND, body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["detail"]), (400, &json!(detail)));
    }
    let large = changed(|e| e["data"] = json!("x".repeat(2 * 1024 * 1024)));
    assert_eq!(world.publish_as(&world.publisher, KIND, large).await.status, 413);
    assert_eq!(world.app.rows().await, before);
}

#[tokio::test]
async fn publishing_needs_the_scope_and_a_right_to_the_resource() {
    let world = world().await;
    let app = &world.app;
    let body = event("1", "skd.filing").to_string();
    let none = app.post(EVENTS).header("content-type", KIND).body(body.clone()).send().await;
    assert_eq!((none.status.as_u16(), none.body.len()), (401, 0));
    let other = app.enterprise_token("skd", SKD, "altinn:events.subscribe").await;
    let stranger = app.enterprise_token("ttd", TTD, "altinn:events.publish").await;
    let before = app.rows().await;
    for token in [&other, &stranger, &world.subscriber] {
        let answer = world.publish_as(token, KIND, body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (403, 0));
    }
    assert_eq!(app.rows().await, before);
}

#[tokio::test]
async fn the_same_id_and_source_is_stored_once() {
    let world = world().await;
    let first = event("same", "skd.filing");
    world.publish(&first).await;
    world.publish_again(&first).await;
    let mut changed = first.clone();
    changed["type"] = json!("skd.other");
    world.publish_again(&changed).await;
    assert_eq!(world.app.count("cloud_event").await, 1);
    let mut elsewhere = first;
    elsewhere["source"] = json!("https://skd.example/filing/2");
    world.publish(&elsewhere).await;
    assert_eq!(world.app.count("cloud_event").await, 2);
    world.app.drain().await;
    let found = world.query(&world.subscriber, &format!("resource={}&after=0", super::URN)).await.json();
    assert_eq!((found.as_array().unwrap().len(), &found[0]["type"]), (2, &json!("skd.filing")));
    assert!(found.to_string().contains(CONDOMINIUM));
}
