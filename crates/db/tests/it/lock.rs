//! One process per SQLite file.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use db::{Db, Error, Options};
use testkit::TempDir;

fn quick() -> Options {
    Options {
        heartbeat: Duration::from_millis(20),
        stale_after: Duration::from_millis(300),
        ..Options::default()
    }
}

fn file(dir: &TempDir) -> (String, rusqlite::Connection) {
    let path = dir.join("a.db");
    (format!("sqlite:{}", path.display()), rusqlite::Connection::open(path).unwrap())
}

#[tokio::test]
async fn a_second_opening_is_refused_until_the_first_is_closed() {
    let dir = TempDir::new();
    let (url, _) = file(&dir);
    // Known at once, without watching the beat.
    let slow =
        Options { heartbeat: Duration::from_hours(1), stale_after: Duration::from_hours(1), ..quick() };
    let first = Db::open(&url, slow.clone()).await.unwrap();
    assert!(matches!(Db::open(&url, slow).await, Err(Error::InUse(_))));
    first.close().await.unwrap();
    let second = Db::open(&url, quick()).await.unwrap();
    drop(second);
    drop(Db::open(&url, quick()).await.unwrap());
}

/// Run by the next test in a process of its own.
#[tokio::test]
#[ignore = "is the other process of `a_killed_process_is_replaced_at_once`"]
async fn other_process() {
    let db = Db::open(&std::env::var("OTHER_PROCESS_DB").unwrap(), quick()).await.unwrap();
    println!("\nready");
    std::future::pending::<()>().await;
    drop(db);
}

#[tokio::test]
async fn a_killed_process_is_replaced_at_once() {
    let dir = TempDir::new();
    let (url, _) = file(&dir);
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lock::other_process", "--ignored", "--nocapture"])
        .env("OTHER_PROCESS_DB", &url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap() == "ready"));
    assert!(matches!(Db::open(&url, quick()).await, Err(Error::InUse(_))), "two processes on one file");
    other.kill().unwrap();
    other.wait().unwrap();
    let slow = Options { stale_after: Duration::from_hours(1), ..quick() };
    let begun = Instant::now();
    drop(Db::open(&url, slow).await.unwrap());
    assert!(begun.elapsed() < Duration::from_mins(1));
}

const ELSEWHERE: &str = "elsewhere/boot/1/1/0";

fn claim(conn: &rusqlite::Connection) {
    conn.execute(
        "INSERT INTO db_owner VALUES (1, ?1, 0) ON CONFLICT DO UPDATE SET owner = excluded.owner",
        [ELSEWHERE],
    )
    .unwrap();
}

#[tokio::test]
async fn an_owner_elsewhere_is_replaced_when_its_beat_stands_still() {
    let dir = TempDir::new();
    let (url, raw) = file(&dir);
    Db::open(&url, quick()).await.unwrap().close().await.unwrap();
    claim(&raw);
    let begun = Instant::now();
    drop(Db::open(&url, quick()).await.unwrap());
    assert!(begun.elapsed() >= quick().stale_after);
}

#[tokio::test]
async fn an_owner_elsewhere_is_left_alone_while_its_beat_moves() {
    let dir = TempDir::new();
    let (url, raw) = file(&dir);
    Db::open(&url, quick()).await.unwrap().close().await.unwrap();
    claim(&raw);
    let beats = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            raw.execute("UPDATE db_owner SET beat = beat + 1", []).unwrap();
        }
    });
    let refused = Db::open(&url, quick()).await;
    assert!(matches!(refused, Err(Error::InUse(owner)) if owner == "process 1 on elsewhere"));
    beats.abort();
}

#[tokio::test]
async fn an_owner_that_lost_the_file_writes_no_more() {
    let dir = TempDir::new();
    let (url, raw) = file(&dir);
    let db = Db::open(&url, quick()).await.unwrap();
    claim(&raw);
    let limit = Instant::now() + Duration::from_secs(10);
    loop {
        match db.begin("late").await {
            Err(Error::Closed) => break,
            _ if Instant::now() > limit => panic!("still writes"),
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    drop(db);
    let owner: String = raw.query_row("SELECT owner FROM db_owner", [], |r| r.get(0)).unwrap();
    assert_eq!(owner, ELSEWHERE, "the row of another must not be freed");
}
