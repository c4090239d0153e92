//! The idempotency key.

use super::{KEY, delivery, sound, world};
use futures_util::future::join_all;
use std::collections::HashSet;

#[tokio::test]
async fn a_repeat_gets_the_stored_answer_and_other_content_a_conflict() {
    let world = world().await;
    let first = world.file(KEY, &sound()).await;
    assert_eq!(first.status, 200, "{}", first.text());
    let rows = world.app.rows().await;
    let again = world.file(KEY, &sound()).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    let upper = world.file(&KEY.to_uppercase(), &sound()).await;
    assert_eq!(upper.body, first.body);

    let other = world.file(KEY, &delivery("L-2", 27_709)).await;
    assert_eq!((other.status.as_u16(), &other.json()["kode"]), (409, &"GLD_019".into()));
    let other_year = world
        .app
        .post("/_host/innrapporteringboligsameie/v1/2022")
        .bearer(&world.token)
        .header("idempotencyKey", KEY)
        .json(&{
            let mut body = sound();
            body["leveranse"]["inntektsaar"] = 2022.into();
            body
        })
        .send()
        .await;
    assert_eq!(other_year.status, 409);
    assert_eq!(world.app.rows().await, rows);
}

#[tokio::test]
async fn many_at_once_with_one_key_make_one_filing() {
    let world = world().await;
    let body = sound();
    let answers = join_all((0..16).map(|_| world.file(KEY, &body))).await;
    let bodies: HashSet<_> = answers.iter().map(|answer| (answer.status.as_u16(), answer.text())).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(answers[0].status, 200, "{}", answers[0].text());
    for table in ["gld_filing", "gld_idempotency", "gld_dialog", "dialog", "dialog_transmission"] {
        assert_eq!(world.app.count(table).await, 1, "{table}");
    }
}

/// The same, with other content each: one is taken and the others are told.
#[tokio::test]
async fn many_at_once_with_one_key_and_other_content_make_one_filing() {
    let world = world().await;
    let bodies: Vec<_> = (0..8).map(|n| delivery(&format!("L-{n}"), 27_709)).collect();
    let answers = join_all(bodies.iter().map(|body| world.file(KEY, body))).await;
    let taken = answers.iter().filter(|answer| answer.status == 200).count();
    let told = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((taken, told), (1, 7));
    assert_eq!(world.app.count("gld_filing").await, 1);
}

/// Deliveries of one party and year share a dialog, also when they come at once.
#[tokio::test]
async fn one_dialog_takes_all_deliveries_of_a_year() {
    let world = world().await;
    let bodies: Vec<_> = (0..6).map(|n| delivery(&format!("L-{n}"), 27_709)).collect();
    let filed = join_all(bodies.iter().map(|body| world.filed(body))).await;
    let dialogs: HashSet<_> = filed.iter().map(|one| one.dialog.as_str()).collect();
    let filings: HashSet<_> = filed.iter().map(|one| one.filing.as_str()).collect();
    assert_eq!((dialogs.len(), filings.len()), (1, 6));
    assert_eq!(world.app.count("dialog").await, 1);
    assert_eq!(world.app.count("dialog_transmission").await, 6);
}
