//! The public face, used as a block uses it.
use db::{Db, MaybeRetry, Options, Value, params};
use uuid::Uuid;

db::statements! {
    /// adds
    pub ADD = "t.add", "INSERT INTO t (id, name, at) VALUES ($1, $2, $3)";
    /// by name
    pub BY_NAME = "t.by_name", "SELECT id, at FROM t WHERE name = $1";
    pub IN_LIST = "t.in_list", Heavy, "SELECT name FROM t WHERE id IN {in:1} AND name NOT IN {in:2} ORDER BY name";
}

const T: db::MigrationSet = db::MigrationSet {
    block: "t",
    files: &[db::Migration {
        name: "0001_t",
        common: include_str!("sql/0001_t.sql"),
        sqlite: "",
        postgres: "",
    }],
};

#[derive(Debug)]
enum Mine {
    Db(db::Error),
    Other,
}
impl From<db::Error> for Mine {
    fn from(e: db::Error) -> Mine {
        Mine::Db(e)
    }
}
impl MaybeRetry for Mine {
    fn db_error(&self) -> Option<&db::Error> {
        match self {
            Mine::Db(e) => Some(e),
            Mine::Other => None,
        }
    }
}

struct Store {
    db: Db,
}
impl Store {
    async fn add(&self, id: Uuid, name: &str) -> Result<Uuid, Mine> {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let id = db::write_tx!(self.db, "t.add", |tx| {
            if name.is_empty() {
                return Err(Mine::Other);
            }
            helper(tx, id, name, at).await?;
            Ok::<_, Mine>(id)
        })?;
        Ok(id)
    }
}
async fn helper(tx: &mut db::Tx, id: Uuid, name: &str, at: jiff::Timestamp) -> db::Result<u64> {
    tx.execute(&ADD, &params![id, name, at]).await
}
fn is_send<T: Send>(t: T) -> T {
    t
}

#[tokio::test]
async fn smoke() {
    let dir = std::env::temp_dir().join(format!("allting-smoke-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let db = Db::open(&format!("sqlite:{}/a.db", dir.display()), Options::default()).await.unwrap();
    db.migrate(&[T]).await.unwrap();
    db.prepare_all(&[STATEMENTS, db::STATEMENTS]).await.unwrap();
    let store = Store { db: db.clone() };
    let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
    is_send(store.add(a, "a")).await.unwrap();
    is_send(store.add(b, "b")).await.unwrap();
    assert!(matches!(store.add(b, "").await, Err(Mine::Other)));
    match store.add(b, "x").await {
        Err(Mine::Db(db::Error::Unique(what))) => assert_eq!(what, "t.id"),
        other => panic!("{other:?}"),
    }
    let row = db.query_one(&BY_NAME, &params!["a"]).await.unwrap();
    assert_eq!(row.get::<Uuid>(0).unwrap(), a);
    assert!(row.get::<bool>(0).is_err());
    let rows = db.query(&IN_LIST, &params![Value::list(&[a, b]), Value::list(&["a"])]).await.unwrap();
    assert_eq!(rows.len(), 1);
    db.meta_set("k", "v").await.unwrap();
    assert_eq!(db.meta_get("k").await.unwrap().as_deref(), Some("v"));
    db.close().await.unwrap();
    std::fs::remove_dir_all(dir).unwrap();
}
