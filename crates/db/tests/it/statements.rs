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

    async fn plans_name_the_ways_to_the_rows(db: Db) {
        let plan = async |sql: &Sql| db.explain(sql).await.unwrap().join("\n");
        match db.engine() {
            db::Engine::Sqlite => {
                assert!(plan(&SCAN).await.starts_with("SCAN parent"));
                assert!(plan(&RIGHT).await.starts_with("SEARCH parent USING"));
            }
            // With so few rows it is the planner's own choice which way is the shortest.
            db::Engine::Postgres => {
                for sql in [&SCAN, &RIGHT] {
                    let plan = plan(sql).await;
                    assert!(plan.contains("Scan") && plan.contains(" on parent"), "{plan}");
                }
            }
        }
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
