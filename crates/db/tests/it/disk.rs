//! A full and a read-only disk under SQLite: an error, nothing half-written, and work again when the disk does.

use std::{path::Path, process::Command};

use db::{Db, Error, MigrationSet, Options};
use testkit::{TempDir, TestDb};

use super::{ADD, ADD_CHILD, T, add, add_pair, file, names, orphans};

/// A migration runs on the connection that writes; this one leaves it as on a disk mounted for reading.
const READ_ONLY: MigrationSet =
    MigrationSet { block: "read_only", files: &[file("0001", "PRAGMA query_only = 1; SELECT 1")] };

#[tokio::test]
async fn a_read_only_disk_is_an_error_until_it_is_not() {
    let test = TestDb::sqlite(&[T]).await;
    let db = &test.db;
    db::write_tx!(db, "before", |tx| { add_pair(tx, 1).await }).unwrap();
    // The migration's own bookkeeping is the first write that is refused.
    db.migrate(&[T, READ_ONLY]).await.unwrap_err();
    let done = db::write_tx!(db, "refused", |tx| { add_pair(tx, 2).await });
    assert!(matches!(&done, Err(Error::Storage(_))), "{done:?}");
    assert!(done.unwrap_err().is_unavailable());
    assert_eq!(names(db).await, ["1"], "reads go on");
    // The next transaction opens the file again, as it must after a disk was mounted anew.
    db::write_tx!(db, "after", |tx| { add_pair(tx, 3).await }).unwrap();
    assert_eq!(names(db).await, ["1", "3"]);
    assert_eq!(orphans(db).await, 0);
    test.close().await;
}

/// A file system of a few megabytes, where the machine allows one.
struct Small(TempDir);

impl Small {
    fn mount() -> Option<Small> {
        let dir = TempDir::new();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=6m", "none"]).arg(dir.path()).output();
        if mount.is_ok_and(|out| out.status.success()) { Some(Small(dir)) } else { None }
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

fn ballast(dir: &Path) -> std::path::PathBuf {
    let path = dir.join("ballast");
    std::fs::write(&path, vec![0; 3 << 20]).unwrap();
    path
}

/// Fails at COMMIT, where the log grows, not at a statement as a quota of pages does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_answers_and_recovers() {
    let Some(small) = Small::mount() else {
        eprintln!("skipped: no file system may be mounted here");
        return;
    };
    let ballast = ballast(small.0.path());
    let url = format!("sqlite:{}", small.0.join("a.db").display());
    let db = Db::open(&url, Options::default()).await.unwrap();
    db.migrate(&[T]).await.unwrap();
    let writers: Vec<_> = (0..4_i64)
        .map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut acknowledged = 0;
                for turn in 0..10_000_i64 {
                    let id = writer * 10_000 + turn;
                    let name = format!("{id} {}", "x".repeat(20_000));
                    let done = db::write_tx!(db, "fill", |tx| {
                        tx.execute(&ADD, &db::params![id, &name]).await?;
                        tx.execute(&ADD_CHILD, &db::params![id, id]).await
                    });
                    match done {
                        Ok(_) => acknowledged += 1,
                        Err(error) => {
                            assert!(error.is_unavailable(), "{error:?}");
                            return acknowledged;
                        }
                    }
                }
                panic!("the disk never became full");
            })
        })
        .collect();
    let mut acknowledged = 0;
    for writer in writers {
        acknowledged += writer.await.unwrap();
    }
    assert_eq!(names(&db).await.len(), acknowledged, "exactly what was acknowledged is there");
    assert_eq!(orphans(&db).await, 0);
    let big = "y".repeat(5 << 20);
    let alone = db::write_tx!(db, "alone", |tx| { tx.execute(&ADD, &db::params![-1, &big]).await });
    assert!(matches!(alone, Err(Error::Full(_))), "{alone:?}");
    std::fs::remove_file(ballast).unwrap();
    db::write_tx!(db, "after", |tx| { add(tx, -2).await }).unwrap();
    db.close().await.unwrap();
    let again = Db::open(&url, Options::default()).await.unwrap();
    assert_eq!(names(&again).await.len(), acknowledged + 1);
    again.close().await.unwrap();
}
