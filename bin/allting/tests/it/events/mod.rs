//! Events from publisher to webhook, with real rights and a real listener.

mod delivery;
mod publish;
mod query;
mod subscribe;

use crate::support::{Answer, RESOURCE, SUBSCRIBE, SystemUser, TestApp, app};
use population::personas::{CONDOMINIUM, SKD};
use serde_json::{Value, json};

const EVENTS: &str = "/events/api/v1/events";
const SUBSCRIPTIONS: &str = "/events/api/v1/subscriptions";
const URN: &str = "urn:altinn:resource:ske-innrapportering-boligsameie";

/// A publisher and a subscriber with a right.
struct World {
    app: TestApp,
    user: SystemUser,
    subscriber: String,
    publisher: String,
}

async fn world() -> World {
    let app = app().await;
    let user = app.system_user().await;
    let subscriber = user.token(&app, SUBSCRIBE).await;
    let publisher =
        app.enterprise_token("skd", SKD, "altinn:events.publish altinn:events.publish.admin").await;
    assert_eq!(URN, format!("urn:altinn:resource:{RESOURCE}"));
    World { app, user, subscriber, publisher }
}

/// An event about [`CONDOMINIUM`].
fn event(id: &str, kind: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "https://skd.example/filing/1", "type": kind, "resource": URN,
        "subject": format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}"), "time": "2026-11-22T10:00:00Z",
    })
}

impl World {
    async fn publish_as(&self, token: &str, kind: &str, body: impl Into<axum::body::Body>) -> Answer {
        self.app.post(EVENTS).bearer(token).header("content-type", kind).body(body).repeats().send().await
    }

    /// Publishes; it must be taken.
    async fn publish(&self, event: &Value) {
        let answer = self.publish_again(event).await;
        assert!(self.app.entries(&answer).await > 0);
    }

    /// Publishes, perhaps what is there.
    async fn publish_again(&self, event: &Value) -> Answer {
        let answer =
            self.publish_as(&self.publisher, "application/cloudevents+json", event.to_string()).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, ""));
        answer
    }

    async fn subscribe(&self, endpoint: &str, more: Value) -> Answer {
        let mut body = json!({"endPoint": endpoint, "resourceFilter": URN});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.app.post(SUBSCRIPTIONS).bearer(&self.subscriber).json(&body).send().await
    }

    async fn query(&self, token: &str, query: &str) -> Answer {
        self.app.get(&format!("{EVENTS}?{query}")).bearer(token).send().await
    }
}
