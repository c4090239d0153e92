//! A database as a file: equal content makes equal bytes on both engines, and damage is found before anything is written.

use super::*;
use db::archive::{About, Chunk, Copies, Manifest, Part, Reader, Schema, Source, Target, Writer};
use testkit::{Engine, TestDb};
use tokio::sync::mpsc;

/// Every logical type, a reference within a table, one between tables against the order of names, a table without a key.
const SETS: &[MigrationSet] = &[MigrationSet {
    block: "a",
    files: &[file(
        "0001_a",
        "CREATE TABLE kinds (id {id} PRIMARY KEY, t {ts}, j {json}, b {bool}, k {key}, y {bytes}, x {text}, d {dec}, r {real});
         CREATE TABLE zebra (name {text} PRIMARY KEY, parent {text} REFERENCES zebra (name)) WITHOUT ROWID;
         CREATE TABLE after_zebra (id {serial}, zebra {text} NOT NULL REFERENCES zebra (name), UNIQUE (zebra));
         CREATE TABLE keyless (n {int}, x {text});",
    )],
}];

db::statements! {
    KINDS = "a.kinds", "INSERT INTO kinds (id, t, j, b, k, y, x, d, r) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    ZEBRA = "a.zebra", "INSERT INTO zebra (name, parent) VALUES ($1, $2)";
    AFTER = "a.after", "INSERT INTO after_zebra (zebra) VALUES ($1)";
    KEYLESS = "a.keyless", "INSERT INTO keyless (n, x) VALUES ($1, $2)";
    AGAIN = "a.again", "INSERT INTO after_zebra (zebra) VALUES ($1) RETURNING id";
}

async fn archive(url: &str) -> (Vec<u8>, Manifest) {
    let mut source = Source::open(url, db::Options::default()).await.unwrap();
    let applied = source.applied().await.unwrap();
    let schema = source.schema(SETS, &applied).await.unwrap();
    let mut writer = Writer::new(Vec::new());
    for table in &schema.tables {
        writer.table(table);
        let (send, mut chunks) = mpsc::channel::<Chunk>(1);
        let write = async {
            while let Some(chunk) = chunks.recv().await {
                if !chunk.is_empty() {
                    writer.rows(&chunk).unwrap();
                }
            }
        };
        tokio::join!(source.rows(table, send), write).0.unwrap();
    }
    writer.blob("feedback/1", 700, [7_u8; 700].as_slice()).unwrap();
    let about =
        About { profile: "sandbox".into(), environment: "t".into(), migrations: applied, keys: vec![] };
    let (manifest, out) = writer.finish(about).unwrap();
    (out, manifest)
}

async fn load(test: &TestDb, bytes: &[u8], manifest: &Manifest) -> db::Result<()> {
    let schema = Schema::of(SETS, &manifest.about.migrations)?;
    schema.agrees(manifest)?;
    let mut target = Target::begin(&test.db, &schema);
    let mut reader = Reader::new(bytes);
    loop {
        match reader.part()? {
            Part::Rows { table, text } => {
                let (place, rows) = schema.decode(&table, &text)?;
                target.rows(place, rows).await?;
            }
            Part::Blob { content, .. } => assert_eq!(content, [7; 700]),
            Part::End(_) => return target.commit().await,
        }
    }
}

async fn fill(db: &Db) {
    db::write_tx!(db, "fill", |tx| {
        for n in 0..1500_u128 {
            let json = if n == 3 {
                serde_json::value::RawValue::from_string(r#"{"b": 1.50,"a":[1e2, null, "å"]}"#.into())
                    .unwrap()
            } else {
                serde_json::value::RawValue::from_string("null".into()).unwrap()
            };
            let null = n % 2 == 1;
            let row = [
                db::Value::Uuid(uuid::Uuid::from_u128(n * 0x1234_5678_9abc_def0_1234)),
                if null {
                    db::Value::Null
                } else {
                    db::Value::Time(
                        [jiff::Timestamp::MAX, "2026-03-02T09:00:00.123456Z".parse().unwrap()]
                            [n.min(1) as usize],
                    )
                },
                if n % 3 == 1 { db::Value::Null } else { db::Value::from(json) },
                db::Value::Bool(null),
                db::Value::Int(i64::MAX - n as i64),
                db::Value::Bytes(vec![n as u8; 900]),
                db::Value::Text(format!("\"Åse\"\n\t{n}")),
                db::Value::decimal("-12.50"),
                db::Value::Float(0.1 + f64::from(n as u32)),
            ];
            tx.execute(&KINDS, &row).await?;
        }
        // Bytes decide the order, not a language.
        for name in ["a", "B", "å", "Z", "b"] {
            tx.execute(&ZEBRA, &params![name, None::<String>]).await?;
        }
        tx.execute(&ZEBRA, &params!["A", "b"]).await?;
        tx.execute(&AFTER, &params!["A"]).await?;
        tx.execute(&AFTER, &params!["Z"]).await?;
        for n in [2, 1, 1] {
            tx.execute(&KEYLESS, &params![n, None::<String>]).await?;
        }
        Ok::<_, db::Error>(())
    })
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_engine_gives_the_same_bytes() {
    let first = TestDb::sqlite(SETS).await;
    fill(&first.db).await;
    let (bytes, manifest) = archive(first.url()).await;
    assert_eq!(manifest.rows(), 1500 + 6 + 2 + 3);
    assert_eq!(manifest.blobs.count, 1);
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(second) = TestDb::on(engine, SETS).await else { continue };
        // What was there goes away, and a failed loading leaves it.
        db::write_tx!(second.db, "old", |tx| { tx.execute(&KEYLESS, &params![7, "old"]).await }).unwrap();
        let (old, _) = archive(second.url()).await;
        load(&second, &bytes[..bytes.len() / 2], &manifest).await.unwrap_err();
        assert!(archive(second.url()).await.0 == old, "{engine:?}: a broken loading left something");
        load(&second, &bytes, &manifest).await.unwrap();
        assert!(archive(second.url()).await.0 == bytes, "{engine:?}: the bytes differ");
        // Numbers go on after the last one.
        let next: i64 = db::write_tx!(second.db, "next", |tx| { tx.query_one(&AGAIN, &params!["B"]).await })
            .unwrap()
            .get(0)
            .unwrap();
        assert_eq!(next, 3, "{engine:?}");
        second.close().await;
    }
    first.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_stands_still_while_others_write() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(test) = TestDb::on(engine, SETS).await else { continue };
        let mut source = Source::open(test.url(), db::Options::default()).await.unwrap();
        let applied = source.applied().await.unwrap();
        let schema = source.schema(SETS, &applied).await.unwrap();
        fill(&test.db).await;
        for table in schema.tables.iter().filter(|table| table.name != "db_meta") {
            let (send, mut chunks) = mpsc::channel::<Chunk>(1);
            let (read, chunk) = tokio::join!(source.rows(table, send), chunks.recv());
            read.unwrap();
            assert!(chunk.unwrap().is_empty(), "{engine:?} {}", table.name);
        }
        drop(source);
        test.close().await;
    }
}

#[tokio::test]
async fn every_damaged_byte_is_found() {
    let test = TestDb::sqlite(SETS).await;
    db::write_tx!(test.db, "one", |tx| { tx.execute(&ZEBRA, &params!["a", None::<String>]).await }).unwrap();
    let (bytes, _) = archive(test.url()).await;
    let read = |bytes: &[u8]| -> db::Result<Manifest> {
        let mut reader = Reader::new(bytes);
        loop {
            if let Part::End(manifest) = reader.part()? {
                return Ok(manifest);
            }
        }
    };
    let whole = read(&bytes).unwrap();
    // The end mark says nothing, and the padding of the last file is not looked at.
    let end = bytes.len() - 1024 - 512;
    for at in (0..end).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        match read(&damaged) {
            Err(_) => {}
            // Blanks between files.
            Ok(manifest) => assert!(bytes[at] == 0 && manifest == whole, "byte {at}"),
        }
    }
    for cut in [0, 100, 512, bytes.len() / 2, end] {
        assert!(read(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    test.close().await;
}

#[tokio::test]
async fn a_table_of_no_migration_is_refused() {
    let test = TestDb::sqlite(SETS).await;
    let mut source = Source::open(test.url(), db::Options::default()).await.unwrap();
    let applied = source.applied().await.unwrap();
    let more = db::Sql::dynamic("t.more", "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT".into());
    drop(source);
    db::write_tx!(test.db, "more", |tx| { tx.execute(&more, &[]).await }).unwrap();
    let mut source = Source::open(test.url(), db::Options::default()).await.unwrap();
    let refused = source.schema(SETS, &applied).await.unwrap_err().to_string();
    assert!(refused.contains("more.id"), "{refused}");
    drop(source);
    test.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_brings_everything_back_while_others_read() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(test) = TestDb::on(engine, SETS).await else { continue };
        let directory = testkit::TempDir::new();
        fill(&test.db).await;
        let copies = Copies::new(&test.db, &directory.join("copies"));
        let schema = Schema::whole(SETS).unwrap();
        let at = "2026-03-02T09:00:00Z".parse().unwrap();
        assert!(!copies.restore("clean", &schema, &[]).await.unwrap());
        copies.save("clean", &schema, at).await.unwrap();
        let (before, manifest) = archive(test.url()).await;
        db::write_tx!(test.db, "more", |tx| {
            tx.execute(&AGAIN, &params!["B"]).await?;
            tx.execute(&KEYLESS, &params![9, "after"]).await
        })
        .unwrap();
        assert!(copies.restore("clean", &schema, &[]).await.unwrap());
        let (after, same) = archive(test.url()).await;
        assert_eq!(same, manifest);
        assert!(after == before, "{engine:?}: the bytes differ");
        let next: i64 = db::write_tx!(test.db, "next", |tx| { tx.query_one(&AGAIN, &params!["B"]).await })
            .unwrap()
            .get(0)
            .unwrap();
        assert_eq!(next, 3, "{engine:?}");
        let listed = copies.list().await.unwrap();
        assert_eq!(listed.iter().map(|copy| copy.name.as_str()).collect::<Vec<_>>(), ["clean"]);
        assert!(listed[0].bytes > 1000);
        assert!(copies.delete("clean").await.unwrap() && !copies.delete("clean").await.unwrap());
        test.close().await;
    }
}
