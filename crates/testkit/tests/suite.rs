//! The suite macro itself.
#![cfg(test)]

db::statements! {
    PUT = "t.put", "INSERT INTO t (id, name) VALUES ($1, $2)";
    GET = "t.get", "SELECT name FROM t WHERE id = $1";
}

const T: db::MigrationSet = db::MigrationSet {
    block: "t",
    files: &[db::Migration {
        name: "0001",
        common: "CREATE TABLE t (id {int} PRIMARY KEY, name {text} NOT NULL)",
        sqlite: "",
        postgres: "",
    }],
};

testkit::db_suite! { [T];
    async fn every_test_has_its_own_database(db: db::Db) {
        db.prepare_all(&[STATEMENTS]).await.unwrap();
        db::write_tx!(db, "put", |tx| { tx.execute(&PUT, &db::params![1, "a"]).await }).unwrap();
        assert_eq!(db.query_one(&GET, &db::params![1]).await.unwrap().get::<String>(0).unwrap(), "a");
    }

    async fn the_same_key_is_free_in_another(db: db::Db) {
        db::write_tx!(db, "put", |tx| { tx.execute(&PUT, &db::params![1, "b"]).await }).unwrap();
    }
}
