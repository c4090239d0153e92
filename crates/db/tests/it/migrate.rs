//! Migrations.

use db::{Db, Error, Migration, MigrationSet, params};

use super::{T, add, file, names};

const MORE: MigrationSet = MigrationSet {
    block: "t",
    files: &[
        T.files[0],
        Migration {
            name: "0002_more",
            common: "ALTER TABLE parent ADD COLUMN nick {text} NOT NULL DEFAULT ';'; -- a comment; with a semicolon\n",
            sqlite: "CREATE INDEX only_sqlite ON parent (nick)",
            postgres: "CREATE INDEX only_postgres ON parent (nick)",
        },
    ],
};
const CHANGED: MigrationSet =
    MigrationSet { block: "t", files: &[file("0001_t", "CREATE TABLE parent (id {int})")] };
const BROKEN: MigrationSet = MigrationSet {
    block: "broken",
    files: &[file("0001", "CREATE TABLE half (id {int}); CREATE TABLE half (id {int})")],
};
const KEYLESS: MigrationSet = MigrationSet {
    block: "keyless",
    files: &[file(
        "0001",
        "CREATE TABLE k (a {text} PRIMARY KEY, n {int}) WITHOUT ROWID; INSERT INTO k (a) VALUES ('{id}')",
    )],
};

db::statements! {
    NICK = "t.nick", "SELECT nick FROM parent WHERE id = $1";
    HALF = "t.half", "SELECT id FROM half";
    BRACES = "t.braces", "SELECT a FROM k";
    LOOSE = "t.loose", "INSERT INTO k (a, n) VALUES ('b', 'x')";
}

testkit::db_suite! { [T];
    async fn go_forward_and_only_once(db: Db) {
        db::write_tx!(db, "add", |tx| { add(tx, 1).await }).unwrap();
        db.migrate(&[MORE]).await.unwrap();
        db.migrate(&[MORE]).await.unwrap();
        assert_eq!(db.query_one(&NICK, &params![1]).await.unwrap().get::<String>(0).unwrap(), ";");
        assert_eq!(names(&db).await, ["1"]);
    }

    async fn a_changed_file_is_refused(db: Db) {
        let done = db.migrate(&[CHANGED]).await;
        assert!(matches!(&done, Err(Error::Migration(why)) if why.starts_with("t/0001_t")), "{done:?}");
    }

    async fn a_database_of_a_newer_version_is_refused(db: Db) {
        db.migrate(&[MORE, KEYLESS]).await.unwrap();
        for (older, unknown) in [(&[T, KEYLESS][..], "t/0002_more"), (&[MORE], "keyless/0001")] {
            let done = db.migrate(older).await;
            assert!(matches!(&done, Err(Error::Migration(why)) if why.starts_with(unknown)), "{done:?}");
        }
        assert_eq!(db.query(&NICK, &params![1]).await.unwrap().len(), 0, "who runs already runs on");
    }

    async fn a_file_is_one_transaction(db: Db) {
        assert!(matches!(db.migrate(&[T, BROKEN]).await, Err(Error::Migration(_))));
        assert!(db.prepare_all(&[&[&HALF]]).await.is_err());
        db.migrate(&[T]).await.unwrap();
    }

    async fn tables_are_strict_and_may_be_keyless(db: Db) {
        db.migrate(&[T, KEYLESS]).await.unwrap();
        let kept: String = db.query_one(&BRACES, &[]).await.unwrap().get(0).unwrap();
        assert_eq!(kept, "{id}", "quoted text is left alone");
        assert!(db::write_tx!(db, "loose", |tx| { tx.execute(&LOOSE, &[]).await }).is_err());
    }

    async fn nodes_that_start_together_queue(db: Db) {
        let all = (0..4).map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.migrate(&[MORE]).await })
        });
        for one in all.collect::<Vec<_>>() {
            one.await.unwrap().unwrap();
        }
    }
}
