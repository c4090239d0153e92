//! A vendor's test run: keep everything, change everything, have it back.

use crate::skatteetaten::{sound, world};
use crate::support::{CITIZEN, DIALOGS, app};
use serde_json::json;

const ALL: &str = "/sandbox/api/v1/snapshots";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_as_it_was() {
    let world = world().await;
    let app = &world.app;
    let clean = format!("{ALL}/clean-1");
    let rows = app.rows().await;
    let kept = app.put(&clean).send().await;
    assert_eq!(kept.status, 200, "{}", kept.text());
    let (login, _) = app.login(CITIZEN).await;

    let filed = world.filed(&sound()).await;
    app.drain().await;
    // One more waits for its answer.
    world.filed(&sound()).await;
    let before = app.get("/sandbox/api/v1/clock").send().await.json()["now"].as_str().unwrap().to_owned();
    app.put("/sandbox/api/v1/clock").json(&json!({"advance": "P30D"})).send().await;
    assert!(app.rows().await > rows);

    let back = app.post(&format!("{clean}/restore")).send().await;
    assert_eq!(back.status, 200, "{}", back.text());
    eprintln!("{}", back.text());
    // Nor is there a job left of what is gone.
    assert_eq!(app.rows().await, rows);
    assert_eq!(app.drain().await, 0);
    let now = app.get("/sandbox/api/v1/clock").send().await.json()["now"].as_str().unwrap().to_owned();
    assert!(now[..10] <= before[..10], "{now} is after {before}");
    let token = world.user.token(app, DIALOGS).await;
    let dialog = format!("/dialogporten/api/v1/enduser/dialogs/{}", filed.dialog);
    assert_eq!(app.get(&dialog).bearer(&token).send().await.status, 404);
    // A login from after the snapshot is gone with the rest.
    let page = app.get("/innboks").header("cookie", &login).send().await;
    assert_ne!(page.status, 200);
    // And it goes on from there.
    world.filed(&sound()).await;
    assert!(app.drain().await > 0);

    let listed = app.get(ALL).send().await.json();
    assert_eq!(listed["snapshots"][0]["name"], "clean-1");
    assert_eq!(app.delete(&clean).send().await.status, 204);
    assert_eq!(app.delete(&clean).send().await.status, 404);
    assert_eq!(app.get(ALL).send().await.json()["snapshots"], json!([]));
}

#[tokio::test]
async fn what_is_no_snapshot_is_refused() {
    let app = app().await;
    for name in ["UPPER", "a_b", &"a".repeat(41)] {
        let refused = app.put(&format!("{ALL}/{name}")).send().await;
        assert_eq!(refused.status, 400, "{name}: {}", refused.text());
        assert_eq!(app.post(&format!("{ALL}/{name}/restore")).send().await.status, 404, "{name}");
    }
    let strange = app.post(&format!("{ALL}/never-saved/restore")).send().await;
    assert_eq!(
        (strange.status.as_u16(), strange.header("content-type")),
        (404, "application/problem+json; charset=utf-8")
    );
}
