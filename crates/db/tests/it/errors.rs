//! Refusals of the engines mean the same on both.

use db::{Db, Error, params};

use super::{ADD, ADD_CHILD, BUMP, T, add, add_pair, names};

db::statements! {
    DROP = "t.drop", "DELETE FROM parent WHERE id = $1";
    TOO_HIGH = "t.too_high", "UPDATE parent SET number = 1000000 WHERE id = $1";
    NO_NAME = "t.no_name", "INSERT INTO parent (id, name) VALUES ($1, NULL)";
    BOTH = "t.both", "SELECT id FROM parent WHERE id >= $1";
}

async fn refused(db: &Db, sql: &db::Sql, p: &[db::Value]) -> Error {
    db::write_tx!(db, "refused", |tx| { tx.execute(sql, p).await }).unwrap_err()
}

testkit::db_suite! { [T];
    async fn constraints(db: Db) {
        db::write_tx!(db, "setup", |tx| { add_pair(tx, 1).await }).unwrap();
        let of = |error| match error {
            Error::Unique(what) => format!("unique {what}"),
            Error::ForeignKey(_) => "foreign key".to_owned(),
            Error::Constraint(what) => format!("constraint {what}"),
            other => format!("{other:?}"),
        };
        assert_eq!(of(refused(&db, &ADD, &params![1, "other"]).await), "unique parent.id");
        assert_eq!(of(refused(&db, &ADD, &params![2, "1"]).await), "unique parent.name, parent.number");
        assert_eq!(of(refused(&db, &ADD_CHILD, &params![2, 99]).await), "foreign key");
        assert_eq!(of(refused(&db, &DROP, &params![1]).await), "foreign key");
        assert_eq!(of(refused(&db, &NO_NAME, &params![5]).await), "constraint parent.name");
        assert!(of(refused(&db, &TOO_HIGH, &params![1]).await).starts_with("constraint "));
        assert_eq!(names(&db).await, ["1"]);
    }

    async fn a_nul_in_a_text_is_told_from_other_failures(db: Db) {
        assert!(matches!(refused(&db, &ADD, &params![1, "a\0b"]).await, Error::Nul("t.add")));
        assert!(names(&db).await.is_empty());
    }

    async fn counts_of_rows(db: Db) {
        db::write_tx!(db, "setup", |tx| { add(tx, 1).await?; add(tx, 2).await }).unwrap();
        assert!(matches!(db.query_one(&BOTH, &params![9]).await, Err(Error::NoRow("t.both"))));
        assert!(matches!(db.query_opt(&BOTH, &params![1]).await, Err(Error::ManyRows("t.both"))));
        assert!(db.query_opt(&BOTH, &params![2]).await.unwrap().is_some());
        let none = db::write_tx!(db, "none", |tx| { tx.execute(&BUMP, &params![9]).await }).unwrap();
        assert_eq!(none, 0);
    }
}

#[tokio::test]
async fn urls_are_checked_and_not_quoted() {
    for url in ["mysql://x", "sqlite:", "postgres://u:geheim@h/d?bogus=1"] {
        match Db::open(url, db::Options::default()).await {
            Err(error @ Error::Url(_)) => assert!(!error.to_string().contains("geheim")),
            other => panic!("{other:?}"),
        }
    }
}
