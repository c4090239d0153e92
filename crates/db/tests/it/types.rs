//! Every logical type goes in and comes out the same on both engines.

use db::{Db, Error, Json, MigrationSet, Value, params};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::file;

const TYPES: MigrationSet = MigrationSet {
    block: "types",
    files: &[file(
        "0001",
        "CREATE TABLE v (n {serial}, id {id}, at {ts}, doc {json}, yes {bool}, k {key}, i {int}, b {bytes}, t {text}, d {dec}, r {real}, raw {text})",
    )],
};

db::statements! {
    PUT = "v.put", "INSERT INTO v (id, at, doc, yes, k, i, b, t, d, r, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING n";
    GET = "v.get", "SELECT id, at, doc, yes, k, i, b, t, d, r, raw FROM v WHERE n = $1";
    BY_ID = "v.by_id", Heavy, "SELECT n FROM v WHERE id IN {in:1} ORDER BY n";
    BY_TEXT = "v.by_text", "SELECT n FROM v WHERE t IN {in:1} ORDER BY n";
    BY_INT = "v.by_int", "SELECT n FROM v WHERE i NOT IN {in:1} ORDER BY n";
    BY_TIME = "v.by_time", "SELECT n FROM v WHERE at IN {in:1}";
    IN_DOC = "v.in_doc", "SELECT n FROM v WHERE doc ->> 'k' = $1";
    MAYBE = "v.maybe", "SELECT n FROM v WHERE (CAST($1 AS {id}) IS NULL OR id = $1) AND at >= CAST($2 AS {ts}) ORDER BY n LIMIT $3";
    COUNT = "v.count", "SELECT count(*), sum(i), max(at), count(*) FILTER (WHERE yes) FROM v";
}

async fn put(db: &Db, id: Option<u128>, text: &str, int: i64) -> i64 {
    let at: Timestamp = "2026-05-17T10:00:00.123456789Z".parse().unwrap();
    let row = db::write_tx!(db, "put", |tx| {
        let p = params![
            id.map(Uuid::from_u128),
            at,
            json!({"k": "v", "list": [1, 2.5, null]}),
            true,
            7_i64,
            int,
            vec![0_u8, 255],
            text,
            Value::decimal("-12345678901234567890.50"),
            0.25,
            Json(vec!["æ", "ø"]),
        ];
        tx.query_one(&PUT, &p).await
    });
    row.unwrap().get(0).unwrap()
}

testkit::db_suite! { [TYPES];
    async fn values_survive(db: Db) {
        let n = put(&db, Some(1), "tekst med 'fnutt' og \u{1F600}", i64::MIN).await;
        let row = db.query_one(&GET, &params![n]).await.unwrap();
        assert_eq!(row.get::<Uuid>(0).unwrap(), Uuid::from_u128(1));
        assert_eq!(row.get::<Timestamp>(1).unwrap(), "2026-05-17T10:00:00.123456Z".parse().unwrap());
        assert_eq!(row.get::<serde_json::Value>(2).unwrap(), json!({"k": "v", "list": [1, 2.5, null]}));
        assert!(row.get::<bool>(3).unwrap());
        assert_eq!(row.get::<i16>(4).unwrap(), 7);
        assert_eq!(row.get::<i64>(5).unwrap(), i64::MIN);
        assert_eq!(row.get::<Vec<u8>>(6).unwrap(), [0, 255]);
        assert_eq!(row.get::<String>(7).unwrap(), "tekst med 'fnutt' og \u{1F600}");
        assert_eq!(row.get::<String>(8).unwrap(), "-12345678901234567890.50");
        assert!((row.get::<f64>(9).unwrap() - 0.25).abs() < f64::EPSILON);
        assert_eq!(row.get::<Json<Vec<String>>>(10).unwrap().0, ["æ", "ø"]);
        assert_eq!(row.get::<String>(10).unwrap(), "[\"æ\",\"ø\"]", "text keeps the bytes of a document");
    }

    async fn nulls_survive(db: Db) {
        let nulls: Vec<Value> = vec![Value::Null; 11];
        let n: i64 = db::write_tx!(db, "put", |tx| { tx.query_one(&PUT, &nulls).await }).unwrap().get(0).unwrap();
        let row = db.query_one(&GET, &params![n]).await.unwrap();
        assert_eq!(row.get::<Option<Uuid>>(0).unwrap(), None);
        assert_eq!(row.get::<Option<Timestamp>>(1).unwrap(), None);
        assert!(matches!(row.get::<String>(7), Err(Error::Decode { statement: "v.get", column: 7, .. })));
        assert!(matches!(row.get::<String>(11), Err(Error::Decode { column: 11, .. })));
    }

    async fn lists_and_casts(db: Db) {
        let (a, b) = (put(&db, Some(1), "a", 1).await, put(&db, Some(2), "[\"b\"]", 2).await);
        let found = async |sql, p: Value| {
            let rows = db.query(sql, &[p]).await.unwrap();
            rows.iter().map(|row| row.get::<i64>(0).unwrap()).collect::<Vec<_>>()
        };
        let ids = [Uuid::from_u128(2), Uuid::from_u128(3)];
        assert_eq!(found(&BY_ID, Value::list(&ids)).await, [b]);
        assert_eq!(found(&BY_ID, Value::list::<Uuid>(&[])).await, [0_i64; 0]);
        assert_eq!(found(&BY_TEXT, Value::list(&["a", "[\"b\"]", "x'00'"])).await, [a, b]);
        assert_eq!(found(&BY_INT, Value::list(&[2_i64])).await, [a]);
        let at: Timestamp = "2026-05-17T10:00:00.123456Z".parse().unwrap();
        assert_eq!(found(&BY_TIME, Value::list(&[at])).await, [a, b]);
        assert_eq!(found(&IN_DOC, "v".into()).await, [a, b]);
        let maybe = async |id: Option<Uuid>| db.query(&MAYBE, &params![id, Timestamp::UNIX_EPOCH, 10]).await.unwrap().len();
        assert_eq!((maybe(None).await, maybe(Some(ids[0])).await), (2, 1));
        let row = db.query_one(&COUNT, &[]).await.unwrap();
        assert_eq!((row.get::<i64>(0).unwrap(), row.get::<i64>(1).unwrap(), row.get::<i64>(3).unwrap()), (2, 3, 2));
    }

    async fn wrong_parameters_are_errors(db: Db) {
        assert!(matches!(db.query(&GET, &params![u64::MAX]).await, Err(Error::Bind { .. })));
        assert!(matches!(db.query(&GET, &[]).await, Err(Error::Bind { .. })));
        let mut tx = db.begin("wrong").await.unwrap();
        let mut p: Vec<Value> = vec![Value::Null; 11];
        p[0] = "not an id".into();
        assert!(matches!(tx.query(&PUT, &p).await, Err(Error::Bind { .. } | Error::Constraint(_))));
    }
}
