//! Subscriptions: who may have which, and where they may lead.

use super::{SUBSCRIPTIONS, URN, world};
use crate::support::{Hook, SUBSCRIBE, app_with, production};
use population::personas::{CONDOMINIUM, OTHER_CONDOMINIUM};
use serde_json::{Value, json};

fn subject(org_no: &str) -> Value {
    json!({"subjectFilter": format!("urn:altinn:organization:identifier-no:{org_no}")})
}

#[tokio::test]
async fn a_repeated_subscription_is_the_same_one() {
    let world = world().await;
    let hook = Hook::start(&[]).await;
    let first = world.subscribe(&hook.url, json!({"consumer": "stray"})).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let id = first.json()["id"].clone();
    assert_eq!(first.header("location"), format!("/events/api/v1/subscription/{id}"));
    let again = world.subscribe(&hook.url, json!({"subjectFilter": ""})).await;
    assert_eq!((again.status.as_u16(), &again.json()["id"]), (201, &id));
    let other = world.subscribe(&hook.url, json!({"typeFilter": "x"})).await;
    assert_ne!(other.json()["id"], id);
    let list = world.app.get(SUBSCRIPTIONS).bearer(&world.subscriber).send().await.json();
    assert_eq!((&list["count"], list["subscriptions"].as_array().unwrap().len()), (&json!(2), 2));
    assert_eq!(list["subscriptions"][0]["consumer"], format!("/systemuser/{}", world.user.id));
    assert_eq!(world.app.count("event_subscription").await, 2);
}

#[tokio::test]
async fn the_same_subscription_twice_at_once_is_one() {
    let world = world().await;
    let hook = Hook::start(&[]).await;
    let twice = || world.subscribe(&hook.url, json!({"typeFilter": "skd.filing"}));
    let (one, two) = tokio::join!(twice(), twice());
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (201, 201));
    assert_eq!(one.json(), two.json());
    assert_eq!(world.app.count("event_subscription").await, 1);
}

#[tokio::test]
async fn subscriptions_of_apps_are_known_and_not_built() {
    let world = world().await;
    let hook = Hook::start(&[]).await;
    for change in [
        json!({"sourceFilter": "https://ttd.apps.altinn.no/ttd/app"}),
        json!({"resourceFilter": "urn:altinn:resource:app_ttd_app"}),
    ] {
        assert_eq!(world.subscribe(&hook.url, change).await.status, 501);
    }
}

#[tokio::test]
async fn a_foreign_subscription_is_neither_read_nor_deleted() {
    let world = world().await;
    let hook = Hook::start(&[]).await;
    let id = world.subscribe(&hook.url, json!({})).await.json()["id"].clone();
    let one = format!("{SUBSCRIPTIONS}/{id}");
    let stranger = world.app.other_system_user().await.token(&world.app, SUBSCRIBE).await;
    let before = world.app.rows().await;
    for call in [world.app.get(&one), world.app.delete(&one)] {
        let answer = call.bearer(&stranger).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (403, 0));
    }
    assert_eq!(world.app.get(&one).send().await.status, 401);
    assert_eq!(world.app.get(&format!("{SUBSCRIPTIONS}/999999")).bearer(&stranger).send().await.status, 404);
    let strange = world.app.get(&format!("{SUBSCRIPTIONS}/x")).bearer(&stranger).send().await;
    assert!(matches!(strange.status.as_u16(), 400 | 404), "{}", strange.status);
    let list = world.app.get(SUBSCRIPTIONS).bearer(&stranger).send().await.json();
    assert_eq!(list, json!({"count": 0, "subscriptions": []}));
    assert_eq!(world.app.rows().await, before);

    let deleted = world.app.delete(&one).bearer(&world.subscriber).send().await;
    assert_eq!((deleted.status.as_u16(), deleted.body.len()), (200, 0));
    assert_eq!(world.app.get(&one).bearer(&world.subscriber).send().await.status, 404);
}

#[tokio::test]
async fn an_endpoint_that_only_this_machine_reaches_is_refused() {
    let world = world().await;
    let before = world.app.rows().await;
    let text = json!("Missing or invalid endpoint to push events towards");
    for endpoint in [
        "",
        "not a url",
        "ftp://vendor.example/x",
        "file:///etc/passwd",
        "https://10.0.0.1/x",
        "https://192.168.1.10/x",
        "http://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://0/x",
        "https://0x0a000001/x",
        "https://167772161/x",
        "https://user:secret@vendor.example/x",
        "https://user@vendor.example/x",
        "https://:secret@vendor.example/x",
    ] {
        let answer = world.subscribe(endpoint, json!({})).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (400, text.clone()), "{endpoint}");
    }
    let none = json!({"resourceFilter": URN});
    let answer = world.app.post(SUBSCRIPTIONS).bearer(&world.subscriber).json(&none).send().await;
    assert_eq!((answer.status.as_u16(), answer.json()), (400, text.clone()));
    assert_eq!(world.app.rows().await, before);
    world.app.drain().await;
    assert_eq!(world.app.rows().await, before);
}

/// Without the sandbox's leave, loopback and plain http are no targets either; production never gives that leave.
#[tokio::test]
async fn loopback_and_plain_http_are_for_the_sandbox_alone() {
    let closed = app_with(&[("outbound.allow_loopback", "false")]).await;
    let production = production().await;
    for ctx in [&closed.ctx, &production.ctx] {
        for endpoint in [
            "http://vendor.example/x",
            "https://127.0.0.1/x",
            "https://127.1/x",
            "https://[::1]/x",
            "http://[::1]/",
        ] {
            assert!(ctx.http.check(&endpoint.parse().unwrap()).is_err(), "{endpoint}");
        }
        assert!(ctx.http.check(&"https://vendor.example/x".parse().unwrap()).is_ok());
        // A name that leads here is found out when it is resolved.
        let named = ctx.http.post(&"https://localhost:1/x".parse().unwrap()).unwrap();
        let error = format!("{:?}", named.send().await.unwrap_err());
        assert!(
            error.contains("is not an address that may be called") || error.contains("Forbidden"),
            "{error}"
        );
    }
    let user = closed.system_user().await;
    let token = user.token(&closed, SUBSCRIBE).await;
    let before = closed.rows().await;
    for endpoint in ["http://vendor.example/x", "https://127.0.0.1/x"] {
        let body = json!({"endPoint": endpoint, "resourceFilter": URN});
        assert_eq!(closed.post(SUBSCRIPTIONS).bearer(&token).json(&body).send().await.status, 400);
    }
    assert_eq!(closed.rows().await, before);
}

#[tokio::test]
async fn filters_must_be_sound_and_the_party_ones_own() {
    let world = world().await;
    let hook = Hook::start(&[]).await;
    let before = world.app.rows().await;
    let cases = [
        (
            json!({"sourceFilter": "http://skd.example"}),
            400,
            "SourceFilter must be an absolute URL with the https scheme.",
        ),
        (
            json!({"sourceFilter": "https://skd.example/filing"}),
            400,
            "Source filter is not supported for subscriptions on this resource.",
        ),
        (json!({"resourceFilter": "boligsameie"}), 400, "Resource filter must be a valid urn"),
        (json!({"resourceFilter": null}), 400, "Resource filter is required."),
        (
            json!({"alternativeSubjectFilter": "/org/310200107"}),
            400,
            "AlternativeSubject filter is not supported for subscriptions on this resource.",
        ),
        (json!({"includeSubunits": true}), 400, "IncludeSubunits requires a subject filter."),
        (
            subject(OTHER_CONDOMINIUM),
            403,
            "Not authorized to create a subscription for resource urn:altinn:resource:ske-innrapportering-boligsameie.",
        ),
    ];
    for (change, status, text) in cases {
        let answer = world.subscribe(&hook.url, change).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (status, json!(text)));
    }
    let unscoped = world.user.token(&world.app, crate::support::DIALOGS).await;
    let before_scope = world.app.rows().await;
    let body = json!({"endPoint": hook.url, "resourceFilter": URN});
    let answer = world.app.post(SUBSCRIPTIONS).bearer(&unscoped).json(&body).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (403, 0));
    for body in ["{", "[]", "\"x\"", "{\"endPoint\": 1}"] {
        let call = world.app.post(SUBSCRIPTIONS).bearer(&world.subscriber);
        let answer = call.header("content-type", "application/json").body(body).send().await;
        assert_eq!(answer.status, 400, "{body}");
    }
    let call = world.app.post(SUBSCRIPTIONS).bearer(&world.subscriber).header("content-type", "text/plain");
    assert_eq!(call.body(json!({"endPoint": hook.url}).to_string()).send().await.status, 415);
    assert_eq!(world.app.rows().await, before_scope);
    assert_eq!(world.app.count("event_subscription").await, 0);
    assert!(before_scope >= before);
    assert_eq!(world.subscribe(&hook.url, subject(CONDOMINIUM)).await.status, 201);
}
