//! A disk that is full: clients are told to come back, nothing is half-written, and work goes on when there is room.

use crate::skatteetaten::{sound, world};
use crate::support::TestApp;
use db::{Migration, MigrationSet};

/// A migration runs on the connection that writes, which is how a test sets its quota. It fails after that, and leaves
/// no other trace.
const FULL: MigrationSet =
    MigrationSet { block: "full", files: &[file("PRAGMA max_page_count = 1; SELECT no_more")] };
const ROOM: MigrationSet =
    MigrationSet { block: "room", files: &[file("PRAGMA max_page_count = 1000000; SELECT no_more")] };

const fn file(common: &'static str) -> Migration {
    Migration { name: "0001", common, sqlite: "", postgres: "" }
}

async fn set(app: &TestApp, quota: MigrationSet) {
    let mut sets = app.migrations.clone();
    sets.push(quota);
    app.ctx.db.migrate(&sets).await.unwrap_err();
}

const KEY: &str = "0195cf11-92fc-41bb-9dac-2a28e3d5f26c";

#[tokio::test]
async fn a_full_disk_is_503_and_passes() {
    let world = world().await;
    let app = &world.app;
    app.drain().await;
    // No page more than the file has now.
    set(app, FULL).await;
    let mut kept = app.rows().await;
    let refused = loop {
        // Free room inside the pages there are is used up first.
        let answer =
            world.file(&uuid::Uuid::from_bytes(crate::support::random()).to_string(), &sound()).await;
        if answer.status != 200 {
            break answer;
        }
        kept = app.rows().await;
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(refused.header("content-type"), "application/problem+json; charset=utf-8");
    let refused = world.file(KEY, &sound()).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(app.rows().await, kept, "nothing is half-written");
    assert_eq!(app.get("/health/ready").send().await.status, 200, "reads go on");

    set(app, ROOM).await;
    assert_eq!(world.file(KEY, &sound()).await.status, 200, "the same call is taken now");
    app.drain().await;
    assert_eq!(world.file(KEY, &sound()).await.status, 200, "and is known when it is repeated");
}
