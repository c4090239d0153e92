//! The crate as a block uses it, on both engines.
#![cfg(test)]

mod archive;
mod bulk;
mod cancel;
mod cluster;
mod disk;
mod errors;
mod group;
mod lock;
mod migrate;
mod outage;
mod poison;
mod replica;
mod statements;
mod timeout;
mod tls;
mod types;
mod wait;

use db::{Db, Migration, MigrationSet, params};

db::statements! {
    ADD = "t.add", "INSERT INTO parent (id, name) VALUES ($1, $2)";
    ADD_CHILD = "t.add_child", "INSERT INTO child (id, parent_id) VALUES ($1, $2)";
    NAMES = "t.names", "SELECT name FROM parent ORDER BY id";
    ORPHANS = "t.orphans", "SELECT count(*) FROM parent p FULL JOIN child c ON c.parent_id = p.id WHERE p.id IS NULL OR c.id IS NULL";
    BUMP = "t.bump", "UPDATE parent SET number = number + 1 WHERE id = $1";
    NUMBER = "t.number", "SELECT number FROM parent WHERE id = $1";
    SUM = "t.sum", "SELECT count(*), sum(number) FROM parent";
}

const fn file(name: &'static str, common: &'static str) -> Migration {
    Migration { name, common, sqlite: "", postgres: "" }
}

/// A parent and a child with the constraints that the tests run into.
const T: MigrationSet = MigrationSet {
    block: "t",
    files: &[file(
        "0001_t",
        "CREATE TABLE parent (id {int} PRIMARY KEY, name {text} NOT NULL, number {int} NOT NULL DEFAULT 0 CHECK (number < 1000000));
         CREATE UNIQUE INDEX parent_name ON parent (name, number);
         CREATE TABLE child (id {int} PRIMARY KEY, parent_id {int} NOT NULL REFERENCES parent (id));",
    )],
};

async fn add(tx: &mut db::Tx, id: i64) -> db::Result<u64> {
    tx.execute(&ADD, &params![id, id.to_string()]).await
}

/// Adds a parent with its child; whoever sees one without the other saw half a transaction.
async fn add_pair(tx: &mut db::Tx, id: i64) -> db::Result<u64> {
    add(tx, id).await?;
    tx.execute(&ADD_CHILD, &params![id, id]).await
}

async fn names(db: &Db) -> Vec<String> {
    db.query(&NAMES, &[]).await.unwrap().iter().map(|row| row.get(0).unwrap()).collect()
}

async fn orphans(db: &Db) -> i64 {
    db.query_one(&ORPHANS, &[]).await.unwrap().get(0).unwrap()
}
