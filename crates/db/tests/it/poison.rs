//! Invariant 1: the first failed statement poisons the transaction.

use std::time::Duration;

use db::{Db, Engine, Error, params};

use super::{ADD, NAMES, T, add, names};

db::statements! {
    SLEEP = "t.sleep", "SELECT pg_sleep(5)";
}

testkit::db_suite! { [T];
    async fn nothing_of_a_poisoned_transaction_is_kept(db: Db) {
        let mut tx = db.begin("poisoned").await.unwrap();
        add(&mut tx, 1).await.unwrap();
        assert!(matches!(add(&mut tx, 1).await, Err(Error::Unique(_))));
        assert!(matches!(add(&mut tx, 2).await, Err(Error::Poisoned(_))), "a later statement must not run");
        assert!(matches!(tx.query(&NAMES, &[]).await, Err(Error::Poisoned(_))));
        assert!(matches!(tx.commit().await, Err(Error::Poisoned(_))), "acknowledged and lost");
        assert_eq!(names(&db).await, Vec::<String>::new());
        db::write_tx!(db, "next", |tx| { add(tx, 3).await }).unwrap();
        assert_eq!(names(&db).await, ["3"]);
    }

    async fn an_error_that_the_block_swallows_is_an_error_of_the_commit(db: Db) {
        let done = db::write_tx!(db, "swallow", |tx| {
            add(tx, 1).await?;
            drop(add(tx, 1).await);
            Ok::<_, Error>(())
        });
        assert!(matches!(done, Err(Error::Poisoned(_))), "{done:?}");
        assert_eq!(names(&db).await, Vec::<String>::new());
    }

    async fn a_parameter_that_does_not_fit_poisons_too(db: Db) {
        let mut tx = db.begin("bind").await.unwrap();
        add(&mut tx, 1).await.unwrap();
        assert!(matches!(tx.execute(&ADD, &params![2]).await, Err(Error::Bind { .. })), "too few parameters");
        assert!(matches!(tx.commit().await, Err(Error::Poisoned(_))));
        assert_eq!(names(&db).await, Vec::<String>::new());
    }

    async fn a_statement_abandoned_half_way_poisons(db: Db) {
        if db.engine() == Engine::Sqlite {
            return;
        }
        let mut tx = db.begin("abandon").await.unwrap();
        add(&mut tx, 1).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(30), tx.query(&SLEEP, &[])).await.is_err());
        assert!(matches!(tx.commit().await, Err(Error::Poisoned(_))));
        assert_eq!(names(&db).await, Vec::<String>::new());
    }
}
