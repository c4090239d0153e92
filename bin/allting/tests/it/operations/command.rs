//! `allting jobs`

use crate::support::{TestApp, app};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

fn run(app: &TestApp, arguments: &[&str]) -> Result<Value, String> {
    let data: PathBuf = app.ctx.config.storage.data.clone();
    let output = Command::new(env!("CARGO_BIN_EXE_allting"))
        .args(["jobs", "--json", "--data"])
        .arg(data)
        .args(arguments)
        .env("USER", "kari")
        .output()
        .unwrap();
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

#[tokio::test]
async fn the_command_lists_shows_retries_and_drops() {
    let app = app().await;
    let ids = super::dead(&app, 3).await;
    // One process at a time has a SQLite file.
    app.ctx.db.close().await.unwrap();
    let listed = run(&app, &["list"]).unwrap();
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    assert!(!listed.to_string().contains("21879498012"));
    assert_eq!(run(&app, &["show", "--id", &ids[0]]).unwrap()["payload"]["clientSecret"], "[secret]");
    for wrong in [
        &["retry"][..],
        &["retry", "--queue", "events.outbound"],
        &["retry", "--id", "0195cf11-92fc-71bb-9dac-2a28e3d5f26b"],
        &["drop", "--id", &ids[0]],
        &["drop", "--id", &ids[0], "--reason", " "],
    ] {
        assert!(run(&app, wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(run(&app, &["retry", "--id", &ids[0]]).unwrap()["retried"], 1);
    assert_eq!(run(&app, &["list", "--all"]).unwrap()["items"].as_array().unwrap().len(), 3);
    let dropped = run(&app, &["drop", "--queue", "events.outbound", "--all", "--reason", "double"]);
    assert_eq!(dropped.unwrap()["dropped"], 2);
    assert_eq!(run(&app, &["list"]).unwrap()["items"].as_array().unwrap().len(), 0);
}
