//! Many rows for every table that grows, made by the engine from the columns that the migrations declare.

use db::{Db, Engine, MigrationSet, Sql};
use std::collections::BTreeMap;

/// Tables that stay small: what operators and service owners set up, and what lives for minutes.
pub const SMALL: &[&str] = &[
    "authn_system",
    "authn_system_change",
    "authn_system_client",
    "authn_systemuser_counter",
    "captured_message",
    "event_counter",
    "event_subscription",
    "idporten_client",
    "idporten_pushed_request",
    "maskinporten_client",
    "maskinporten_client_key",
    "maskinporten_client_scope",
    "maskinporten_prefix",
    "maskinporten_scope",
    "maskinporten_scope_grant",
    "mockporten_code",
    "mockporten_pushed_request",
    "rr_access_list",
    "rr_access_list_log",
    "rr_access_list_resource",
    "rr_policy",
    "rr_policy_subject",
    "rr_policy_version",
    "rr_resource",
    "rr_resource_version",
    "rr_service_owner",
    "sandbox_fault",
    "schedule",
];

/// Columns in which few values stand for many rows.
const FEW: &[&str] =
    &["api", "code", "org", "queue", "resource", "resource_filter", "scheme", "source", "system_id", "topic"];

pub struct Column {
    pub name: String,
    /// The type word of the migrations.
    kind: String,
    unique: bool,
}

/// The tables that grow, by name.
pub fn large(sets: &[MigrationSet]) -> BTreeMap<String, Vec<Column>> {
    let mut tables = BTreeMap::new();
    for file in sets.iter().flat_map(|set| set.files) {
        let text: String = [file.common, file.sqlite, file.postgres]
            .join(";\n")
            .lines()
            .map(|line| line.split("--").next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\n");
        for statement in text.split(';') {
            let words: Vec<&str> = statement.split_whitespace().collect();
            match words.as_slice() {
                ["CREATE", "TABLE", name, ..] => {
                    let body = statement.split_once('(').map_or("", |(_, body)| body);
                    tables.insert((*name).to_owned(), columns(body));
                }
                ["CREATE", "UNIQUE", "INDEX", _, "ON", name, column] => {
                    let column = column.trim_matches(['(', ')']);
                    let columns = tables.get_mut(*name).into_iter().flatten();
                    columns
                        .filter(|known: &&mut Column| known.name == column)
                        .for_each(|known| known.unique = true);
                }
                ["DROP", "TABLE", name] => drop(tables.remove(*name)),
                ["ALTER", "TABLE", name, "ADD", "COLUMN", rest @ ..] => {
                    let more = columns(&rest.join(" "));
                    tables
                        .get_mut(*name)
                        .unwrap_or_else(|| panic!("{name} is altered, not made"))
                        .extend(more);
                }
                _ => {}
            }
        }
    }
    tables.retain(|name, _| !SMALL.contains(&name.as_str()));
    tables
}

fn columns(body: &str) -> Vec<Column> {
    let key = body.split("PRIMARY KEY (").nth(1).and_then(|rest| rest.split(')').next());
    body.split([',', '\n'])
        .filter_map(|item| {
            let (name, rest) = item.trim().split_once(" {")?;
            let (kind, rest) = rest.split_once('}')?;
            let unique = rest.contains("UNIQUE") || rest.contains("PRIMARY KEY") || key == Some(name);
            Some(Column { name: name.to_owned(), kind: kind.to_owned(), unique })
        })
        .collect()
}

/// The statement that fills a table. Twenty rows share a parent; references to other things are spread.
pub fn insert(engine: Engine, table: &str, columns: &[Column], rows: u32) -> String {
    let (mut references, mut texts) = (0, 0);
    let values = columns.iter().map(|column| {
        let few = FEW.contains(&column.name.as_str());
        let number = match column.kind.as_str() {
            _ if column.unique => "n".to_owned(),
            "id" | "key" => {
                references += 1;
                let parent = match references {
                    1 => "n / 20".to_owned(),
                    _ => format!("(n * {}) % {}", 30 + references, rows / 20),
                };
                // Over the whole range of what is referred to.
                format!("({parent}) * 20 + 1")
            }
            "ts" => "n".into(),
            "text" if few => "n % 50".into(),
            // Different in each column, so that pairs of texts are as many as the rows.
            "text" => {
                texts += 1;
                format!("n % {}", rows / 3 + texts)
            }
            _ => "n % 20".into(),
        };
        value(engine, &column.kind, &number)
    });
    let values: Vec<String> = values.collect();
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let (names, values) = (names.join(", "), values.join(", "));
    match engine {
        Engine::Sqlite => format!(
            "WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {rows}) \
             INSERT INTO {table} ({names}) SELECT {values} FROM g WHERE TRUE ON CONFLICT DO NOTHING"
        ),
        Engine::Postgres => format!(
            "INSERT INTO {table} ({names}) SELECT {values} FROM generate_series(1, {rows}) AS g (n) ON CONFLICT DO NOTHING"
        ),
    }
}

fn value(engine: Engine, kind: &str, number: &str) -> String {
    let sqlite = engine == Engine::Sqlite;
    match kind {
        "id" if sqlite => format!("unhex(printf('%032x', {number}))"),
        "id" => format!("CAST(lpad(to_hex({number}), 32, '0') AS uuid)"),
        "ts" if sqlite => format!("1700000000000000 + ({number}) * 1000000"),
        "ts" => format!("to_timestamp(1700000000 + ({number}))"),
        "bool" => "(n % 50 = 0)".into(),
        "json" if sqlite => "'{}'".into(),
        "json" => "CAST('{}' AS jsonb)".into(),
        "bytes" if sqlite => format!("CAST('b' || ({number}) AS BLOB)"),
        "bytes" => format!("CAST('b' || ({number}) AS bytea)"),
        "dec" if sqlite => "'1'".into(),
        "text" => format!("'t' || ({number})"),
        "real" => "1.5".into(),
        _ => number.to_owned(),
    }
}

/// Fills and measures a SQLite file.
pub fn sqlite(path: &str, tables: &BTreeMap<String, Vec<Column>>, rows: u32) {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN").unwrap();
    for (table, columns) in tables {
        let made = conn.execute(&insert(Engine::Sqlite, table, columns, rows), []);
        enough(table, made.unwrap_or_else(|e| panic!("{table}: {e}")) as u64, rows);
    }
    conn.execute_batch("COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

/// Fills and measures a database of a server.
pub async fn postgres(db: &Db, tables: &BTreeMap<String, Vec<Column>>, rows: u32) {
    let sql = |text: String| Sql::dynamic("plans.fill", text).heavy();
    let mut tx = db.begin("plans.fill").await.unwrap();
    // References are right in kind and number, if not each of them.
    tx.execute(&sql("SET LOCAL session_replication_role = replica".into()), &[]).await.unwrap();
    for (table, columns) in tables {
        let made = tx.execute(&sql(insert(Engine::Postgres, table, columns, rows)), &[]).await;
        enough(table, made.unwrap_or_else(|e| panic!("{table}: {e}")), rows);
    }
    tx.execute(&sql("ANALYZE".into()), &[]).await.unwrap();
    tx.commit().await.unwrap();
}

fn enough(table: &str, made: u64, rows: u32) {
    assert!(made > u64::from(rows) / 2, "{table} got {made} rows only; say in FEW which columns repeat");
}
