//! The restore drill: a backup made under load goes into an empty database of either engine, and the platform goes on from there.

use crate::skatteetaten::{World, delivery, sound, world};
use crate::support::{DIALOGS, app, app_on, config_with, scratch};
use allting::operate::{backup::backup, restore::restore, verify};
use std::path::Path;
use testkit::TestDb;

async fn status(world: &World, dialog: &str) -> String {
    let token = world.user.token(&world.app, DIALOGS).await;
    let path = format!("/dialogporten/api/v1/enduser/dialogs/{dialog}");
    let answer = world.app.get(&path).bearer(&token).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["status"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_platform_goes_on_where_it_was() {
    let world = world().await;
    let rejected = world.filed(&delivery("L-0", 1)).await;
    world.app.drain().await;
    // Acknowledged before the backup begins, and not yet judged.
    let waiting = world.filed(&sound()).await;
    let file = world.app.directory.join("first.tar");
    let load = async {
        for n in 1..6 {
            world.filed(&delivery(&format!("L-{n}"), 27_709)).await;
        }
    };
    let (figures, ()) = tokio::join!(backup(&world.app.ctx.config, &file), load);
    eprintln!("{}", figures.unwrap());
    assert_eq!(waiting.dialog, rejected.dialog, "one party, one service, one year");

    let (mut old, mut user) = (world, None);
    let server = std::env::var("ALLTING_TEST_PG").ok().filter(|url| !url.is_empty());
    for other_engine in [false, true] {
        let database = match (&server, other_engine) {
            (Some(server), true) => Some(TestDb::postgres(server, &[]).await),
            (None, true) => continue,
            _ => None,
        };
        let directory = scratch();
        let url = database.as_ref().map(|database| database.url().to_owned()).unwrap_or_default();
        let overrides = [("storage.database", url.as_str())];
        let config = config_with(&directory, &overrides);
        let figures = restore(&config, &file, false).await.unwrap();
        eprintln!("{figures}");
        let again = directory.join("again.tar");
        backup(&config, &again).await.unwrap();
        assert!(std::fs::read(&again).unwrap() == std::fs::read(&file).unwrap(), "the bytes differ");
        for check in verify::live(&config).await.unwrap() {
            assert_eq!(check.verdict, allting::operate::report::Verdict::Ok, "{check:?}");
        }
        // Not twice, and the refusal leaves what is there.
        assert!(restore(&config, &file, false).await.unwrap_err().to_string().contains("not empty"));
        restore(&config, &file, true).await.unwrap();

        let app = app_on(directory, &overrides).await;
        let new = World { app, user: user.take().unwrap_or(old.user), token: old.token.clone() };
        // The old token is good; the job that waited runs; a new delivery is taken and judged.
        new.app.drain().await;
        assert_eq!(status(&new, &waiting.dialog).await, "Completed");
        let more = new.filed(&delivery("L-9", 1)).await;
        assert_eq!(more.dialog, waiting.dialog);
        new.app.drain().await;
        assert_eq!(status(&new, &waiting.dialog).await, "RequiresAttention");
        let World { app, user: kept, token } = new;
        app.ctx.db.close().await.unwrap();
        drop(app);
        if let Some(database) = database {
            database.close().await;
        }
        user = Some(kept);
        old = World { app: old.app, user: user.take().unwrap(), token };
    }
}

async fn refused(directory: &Path, overrides: &[(&str, &str)], file: &Path, wanted: &str) {
    let error = restore(&config_with(directory, overrides), file, false).await.unwrap_err();
    let told = format!("{error:#}");
    assert!(told.contains(wanted), "{told}");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_anything_is_written() {
    let app = app().await;
    let file = app.directory.join("whole.tar");
    backup(&app.ctx.config, &file).await.unwrap();
    let directory = scratch();
    refused(&directory, &[("environment", "at22")], &file, "environment \"tt02\"").await;
    let bytes = std::fs::read(&file).unwrap();
    let mut damaged = bytes.clone();
    let at = damaged.len() / 2;
    damaged[at] ^= 1;
    let other = app.directory.join("damaged.tar");
    std::fs::write(&other, damaged).unwrap();
    refused(&directory, &[], &other, "archive: ").await;
    std::fs::write(&other, &bytes[..bytes.len() / 2]).unwrap();
    refused(&directory, &[], &other, "cut short").await;
    assert!(!directory.exists());
    // A newer program has worked on it.
    let newer = db::Sql::dynamic(
        "test.newer",
        "INSERT INTO db_migration (block, name, checksum) VALUES ('jobs', '9999_later', 'x')".into(),
    );
    db::write_tx!(app.ctx.db, "test", |tx| { tx.execute(&newer, &[]).await }).unwrap();
    let error = backup(&app.ctx.config, &file).await.unwrap_err().to_string();
    assert!(error.contains("jobs/9999_later is not known"), "{error}");
    assert!(std::fs::read(&file).unwrap() == bytes, "a failed backup touched the last good one");
}
