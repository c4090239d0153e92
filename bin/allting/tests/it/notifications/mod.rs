//! E-mail orders of other blocks, and the mailbox that the sandbox keeps.

use crate::support::app;
use kernel::{Ids, RandomIds};
use population::personas::CONDOMINIUM;
use ports::notifications::{EmailOrder, Notifications};
use ports::register::PartyRef;
use serde_json::json;

fn order(recipient: uuid::Uuid, key: &str, addresses: &[&str]) -> EmailOrder {
    EmailOrder {
        idempotency_key: key.into(),
        creator: "skd".into(),
        recipient,
        addresses: addresses.iter().map(|&address| address.to_owned()).collect(),
        resource: None,
        subject: "Emne".into(),
        body: "Tekst".into(),
    }
}

#[tokio::test]
async fn an_order_is_sent_once_to_each_address() {
    let app = app().await;
    let party = app.party(PartyRef::OrgNo(CONDOMINIUM.to_owned())).await.uuid;
    let port = notifications::Notifications::new(&app.ctx);
    let place = async |key: &str, addresses: &[&str]| {
        let mut tx = app.ctx.db.begin("test").await.unwrap();
        let id = port.order_email(&mut tx, order(party, key, addresses)).await.unwrap();
        tx.commit().await.unwrap();
        id
    };
    let first = place("a", &["One@vendor.example", "one@vendor.example", "STYRET@fjordutsikten.test"]).await;
    assert_eq!(place("a", &["other@vendor.example"]).await, first, "the same key is the same order");
    app.drain().await;
    app.drain().await;
    assert_eq!(app.count("notification_order").await, 1);
    assert_eq!((app.count("notification_email").await, app.count("captured_message").await), (2, 2));
    let mailbox = app.get("/sandbox/api/v1/messages?to=one@vendor.example").send().await.json();
    assert_eq!(mailbox["messages"].as_array().unwrap().len(), 1);
    assert_eq!(mailbox["messages"][0]["subject"], "Emne");
    assert_ne!(place("b", &[]).await, first);
}

#[tokio::test]
async fn somebody_without_any_address_is_told_apart_and_nothing_is_sent() {
    let app = app().await;
    let port = notifications::Notifications::new(&app.ctx);
    let mut tx = app.ctx.db.begin("test").await.unwrap();
    port.order_email(&mut tx, order(RandomIds.uuid(), "nobody", &[])).await.unwrap();
    tx.commit().await.unwrap();
    app.drain().await;
    assert_eq!((app.count("notification_email").await, app.count("captured_message").await), (1, 0));
}

#[tokio::test]
async fn the_mailbox_knows_no_other_question() {
    let app = app().await;
    assert_eq!(app.get("/sandbox/api/v1/messages").send().await.json(), json!({"messages": []}));
    assert_eq!(app.get("/sandbox/api/v1/messages?from=x").send().await.status, 400);
}
