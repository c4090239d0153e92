//! Invariant 6: no deferred constraints; bulk writes in chunks.

use db::{Db, Error, MigrationSet, Value, params};

use super::{ADD, SUM, T, file, names};

const DEFERRED: MigrationSet = MigrationSet {
    block: "deferred",
    files: &[file("0001", "CREATE TABLE d (id {int} REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)")],
};

testkit::db_suite! { [T];
    async fn many_rows_in_one_call(db: Db) {
        let rows: Vec<[Value; 2]> = (0..1201_i64).map(|id| params![id, format!("n{id}")]).collect();
        let changed = db::write_tx!(db, "bulk", |tx| { tx.execute_many(&ADD, &rows).await }).unwrap();
        assert_eq!(changed, 1201);
        assert_eq!(db.query_one(&SUM, &[]).await.unwrap().get::<i64>(0).unwrap(), 1201);
    }

    async fn one_bad_row_of_many_undoes_all(db: Db) {
        let rows: Vec<[Value; 2]> = (0..700_i64).map(|id| params![id % 650, format!("n{id}")]).collect();
        let done = db::write_tx!(db, "bulk", |tx| { tx.execute_many(&ADD, &rows).await });
        assert!(matches!(done, Err(Error::Unique(_))), "{done:?}");
        assert_eq!(names(&db).await, Vec::<String>::new());
    }

    async fn a_migration_with_a_deferred_constraint_is_refused(db: Db) {
        let done = db.migrate(&[T, DEFERRED]).await;
        assert!(matches!(&done, Err(Error::Migration(why)) if why.contains("defers")), "{done:?}");
    }
}
