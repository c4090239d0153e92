//! Every statement is prepared on both engines.

use db::{Db, Sql};

use super::{ADD, STATEMENTS as COMMON, T};

db::statements! {
    WRONG = "t.wrong", "SELECT nothing FROM parent";
    RIGHT = "t.right", "SELECT id FROM parent WHERE name = $1";
    SCAN = "t.scan", "SELECT id FROM parent WHERE number = $1";
}

testkit::db_suite! { [T];
    async fn those_that_the_engine_refuses_are_named(db: Db) {
        db.prepare_all(&[COMMON, db::STATEMENTS]).await.unwrap();
        let refused = db.prepare_all(&[COMMON, STATEMENTS]).await.unwrap_err();
        assert_eq!(refused.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["t.wrong"]);
    }

    async fn plans_show_full_scans(db: Db) {
        if db.engine() == db::Engine::Postgres {
            assert!(db.explain(&SCAN).await.unwrap().is_empty());
            return;
        }
        let scans = async |sql: &Sql| db.explain(sql).await.unwrap().iter().any(|line| line.starts_with("SCAN"));
        assert!(scans(&SCAN).await);
        assert!(!scans(&RIGHT).await);
    }

    async fn a_read_cannot_write_on_the_embedded_engine(db: Db) {
        if db.engine() == db::Engine::Sqlite {
            assert!(db.query(&ADD, &db::params![1, "x"]).await.is_err());
        }
    }

    async fn values_kept_with_the_database(db: Db) {
        assert_eq!(db.meta_get("profile").await.unwrap(), None);
        db.meta_set("profile", "sandbox").await.unwrap();
        db.meta_set("profile", "test").await.unwrap();
        assert_eq!(db.meta_get("profile").await.unwrap().as_deref(), Some("test"));
    }
}
