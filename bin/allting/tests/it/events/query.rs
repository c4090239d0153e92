//! `GET events`

use super::{EVENTS, URN, event, world};
use crate::support::{BASE, DIALOGS};
use population::personas::{CONDOMINIUM, OTHER_CONDOMINIUM};
use serde_json::{Value, json};

fn ids(body: &Value) -> Vec<String> {
    body.as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_follow_each_other_by_next() {
    let world = world().await;
    for n in 1..=7 {
        world.publish(&event(&n.to_string(), "skd.filing")).await;
        world.app.drain().await;
    }
    let mut address = format!("{EVENTS}?resource={URN}&after=0&size=3&own=%C3%B8+1");
    let mut seen = vec![];
    for _ in 0..9 {
        let page = world.app.get(&address).bearer(&world.subscriber).send().await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.header("content-type").starts_with("application/cloudevents+json"));
        let found = ids(&page.json());
        if found.is_empty() {
            assert_eq!(page.header("next"), "");
            break;
        }
        seen.extend(found);
        let next = page.header("next").to_owned();
        assert!(next.contains("size=3") && next.contains("own="), "{next}");
        address = next.strip_prefix(BASE).unwrap().to_owned();
    }
    assert_eq!(seen, ["1", "2", "3", "4", "5", "6", "7"]);
}

#[tokio::test]
async fn types_subjects_and_rights_filter() {
    let world = world().await;
    for (id, kind) in [("1", "skd.filing.received"), ("2", "skd.filing.judged"), ("3", "skd.other")] {
        world.publish(&event(id, kind)).await;
    }
    let mut foreign = event("4", "skd.filing.received");
    foreign["subject"] = json!(format!("urn:altinn:organization:identifier-no:{OTHER_CONDOMINIUM}"));
    world.publish(&foreign).await;
    world.app.drain().await;
    let found = async |more: &str| {
        let answer = world.query(&world.subscriber, &format!("resource={URN}&after=0{more}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mut ids = ids(&answer.json());
        ids.sort();
        ids
    };
    assert_eq!(found("").await, ["1", "2", "3"]);
    assert_eq!(found("&type=skd.filing.%25").await, ["1", "2"]);
    assert_eq!(found("&type=skd.other&type=skd.filing.judged").await, ["2", "3"]);
    assert_eq!(found("&type=SKD.other").await, Vec::<String>::new());
    assert_eq!(
        found(&format!("&subject=urn:altinn:organization:identifier-no:{CONDOMINIUM}")).await,
        ["1", "2", "3"]
    );
    let strange = format!("&subject=urn:altinn:organization:identifier-no:{OTHER_CONDOMINIUM}");
    assert_eq!(found(&strange).await, Vec::<String>::new());
    world.user.revoke(&world.app).await;
    assert_eq!(found("").await, Vec::<String>::new());
}

/// events §5.3: the header does not stand in `next`, the first event's subject does.
#[tokio::test]
async fn next_of_an_alternative_subject_is_followed_without_the_header() {
    let world = world().await;
    for n in 1..=3 {
        let mut one = event(&n.to_string(), "skd.filing");
        one["alternativesubject"] = json!(format!("/organisation/{CONDOMINIUM}"));
        world.publish(&one).await;
    }
    world.publish(&event("4", "skd.filing")).await;
    world.app.drain().await;
    let first = world
        .app
        .get(&format!("{EVENTS}?resource={URN}&after=0&size=2"))
        .bearer(&world.subscriber)
        .header("Altinn-AlternativeSubject", &format!("/organisation/{CONDOMINIUM}"))
        .send()
        .await;
    assert_eq!(ids(&first.json()), ["1", "2"]);
    let next = first.header("next").strip_prefix(BASE).unwrap().to_owned();
    let second = world.app.get(&next).bearer(&world.subscriber).send().await;
    assert_eq!((second.status.as_u16(), ids(&second.json())), (200, vec!["3".to_owned(), "4".to_owned()]));
}

#[tokio::test]
async fn events_of_one_source_keep_their_order() {
    let world = world().await;
    for n in 1..=40 {
        world.publish(&event(&n.to_string(), "skd.filing")).await;
    }
    world.app.drain().await;
    let answer = world.query(&world.subscriber, &format!("resource={URN}&after=0")).await;
    assert_eq!(ids(&answer.json()), (1..=40).map(|n| n.to_string()).collect::<Vec<_>>());
}

/// PostgreSQL cannot keep NUL; what the query brings that far is the client's fault on both engines.
#[tokio::test]
async fn a_nul_in_a_query_is_bad_input() {
    let world = world().await;
    assert_eq!(world.query(&world.subscriber, &format!("resource={URN}&after=a%00b")).await.status, 400);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let world = world().await;
    let required = world.query(&world.subscriber, "after=0").await;
    assert_eq!(
        (required.status.as_u16(), &required.json()["errors"]["resource"]),
        (400, &json!(["The resource field is required."]))
    );
    let cases = [
        ("resource=x&after=0".to_owned(), "The 'resource' parameter must begin with `urn:altinn:resource:`"),
        (format!("resource={URN}"), "The 'after' parameter must be defined."),
    ];
    for (query, detail) in cases {
        let answer = world.query(&world.subscriber, &query).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["detail"]), (400, &json!(detail)));
    }
    let both = world
        .app
        .get(&format!("{EVENTS}?resource={URN}&after=0&subject=x"))
        .bearer(&world.subscriber)
        .header("Altinn-AlternativeSubject", "/org/1")
        .send()
        .await;
    assert_eq!(both.json()["detail"], "Only one of 'subject' or 'alternativeSubject' can be defined.");
    let unscoped = world.user.token(&world.app, DIALOGS).await;
    assert_eq!(world.query(&unscoped, &format!("resource={URN}&after=0")).await.status, 403);
}
