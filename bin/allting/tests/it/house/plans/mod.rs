//! No statement reads a table that grows from end to end.
//!
//! Every table that grows is filled on both engines, every statement is explained, and the access paths are compared with
//! a golden. A scan of such a table, or a sort of a good part of it, fails unless the reason stands here.
//! `ALLTING_PLAN_ROWS=1000000` (`scripts/slow-plans`) does the same at a million rows a table, without the goldens, since
//! the server's statistics are then a sample.

mod fill;

use super::routes::assert_golden;
use crate::support::app;
use db::{Db, Engine, Options, Sql};
use std::collections::BTreeMap;
use testkit::TestDb;

/// Few enough for the server to read them all for its statistics, so that its plans are the same each time.
const ROWS: u32 = 10_000;

/// Statements that may read a table from end to end, and why.
const ALLOWED: &[(&str, &str)] = &[
    ("am.dump_links", EXPORT),
    ("authn.request.all", EXPORT),
    ("authn.user.all", EXPORT),
    ("register.all_organisations", EXPORT),
    ("register.all_persons", EXPORT),
    ("register.all_roles", EXPORT),
    ("register.self_identified", EXPORT),
    ("blob.keys", "an operator asks which keys are in use; reads an index"),
    ("maskinporten.refusal_cap", "passes the ten thousand that are kept, by an index"),
    ("outbox.nobodys", "a restored snapshot sets all leases free"),
    ("outbox.nodes", "an operator asks who works; counts what waits, which is little"),
    ("outbox.depth", "counts what waits, which is little"),
    ("register.any_party", "reads one row"),
    ("register.find_persons", "search of the sandbox in its small country"),
    ("register.load_any", "reads one row"),
];
const EXPORT: &str = "an export reads everything";

/// A list of dialogs is put together at run time; these are its usual shapes (`dialogporten/src/store/search.rs`).
const LISTS: &[(&str, &str)] = &[
    (
        "dialog.page of one party",
        "SELECT id, content FROM dialog WHERE party_uuid = $1 AND resource IN {in:2} AND deleted_at IS NULL AND (content_updated_at, id) < ($3, $4) ORDER BY content_updated_at DESC, id DESC LIMIT $5",
    ),
    (
        "dialog.page of parties",
        "SELECT id, content FROM dialog WHERE ((resource = $1 AND party_uuid IN {in:2}) OR (resource = $3 AND party_uuid IN {in:4})) AND deleted_at IS NULL ORDER BY content_updated_at DESC, id DESC LIMIT $5",
    ),
    (
        "dialog.page of an owner",
        "SELECT id, content FROM dialog WHERE org IN {in:1} AND deleted_at IS NULL AND (content_updated_at, id) < ($2, $3) ORDER BY content_updated_at DESC, id DESC LIMIT $4",
    ),
    (
        "dialog.page of a service",
        "SELECT id, content FROM dialog WHERE org IN {in:1} AND resource IN {in:2} AND deleted_at IS NULL ORDER BY content_updated_at DESC, id DESC LIMIT $3",
    ),
];

type Tables = BTreeMap<String, Vec<fill::Column>>;

fn rows() -> u32 {
    std::env::var("ALLTING_PLAN_ROWS").map_or(ROWS, |rows| rows.parse().unwrap())
}

/// What each statement reads, and what is wrong with it.
struct Found {
    paths: Vec<String>,
    faults: Vec<String>,
}

async fn look(db: &Db, statements: &[&'static [&'static Sql]], tables: &Tables) -> Found {
    let lists: Vec<Sql> = LISTS.iter().map(|(name, text)| Sql::dynamic(name, (*text).to_owned())).collect();
    let mut found = Found { paths: vec![], faults: vec![] };
    for sql in statements.iter().flat_map(|list| list.iter().copied()).chain(&lists) {
        let plan = db.explain(sql).await.unwrap_or_else(|e| panic!("{}: {e}", sql.name()));
        let (steps, slow) = match db.engine() {
            Engine::Sqlite => sqlite(sql, &plan, tables),
            Engine::Postgres => postgres(&plan, tables),
        };
        if !steps.is_empty() {
            found.paths.push(format!("{}: {}", sql.name(), steps.join("; ")));
        }
        let allowed = ALLOWED.iter().any(|(name, _)| *name == sql.name());
        if !slow.is_empty() && !allowed {
            found.faults.push(format!("{}: {}", sql.name(), slow.join("; ")));
        }
    }
    found.paths.sort();
    found.paths.dedup();
    found.faults.sort();
    found
}

/// Tables by the name that a statement gives them.
fn names<'a>(text: &'a str, tables: &'a Tables) -> BTreeMap<&'a str, &'a str> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let mut names = BTreeMap::new();
    for (at, word) in words.iter().enumerate() {
        let Some((table, _)) = tables.get_key_value(*word) else { continue };
        names.insert(table.as_str(), table.as_str());
        let next = words[at + 1..].iter().find(|word| **word != "AS");
        if let Some(alias) = next.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')) {
            names.entry(alias).or_insert(table.as_str());
        }
    }
    names
}

fn sqlite(sql: &Sql, plan: &[String], tables: &Tables) -> (Vec<String>, Vec<String>) {
    let text = sql.text();
    let names = names(text, tables);
    let (mut steps, mut slow) = (vec![], vec![]);
    for step in plan {
        let mut words = step.split(' ');
        let (kind, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let Some(table) = names.get(name) else { continue };
        let step = step.replacen(name, table, 1);
        if kind == "SCAN" {
            slow.push(step.clone());
        }
        if matches!(kind, "SCAN" | "SEARCH") {
            steps.push(step);
        }
    }
    (steps, slow)
}

fn postgres(plan: &[String], tables: &Tables) -> (Vec<String>, Vec<String>) {
    let (mut steps, mut slow) = (vec![], vec![]);
    let mut heap = false;
    for (at, line) in plan.iter().enumerate() {
        let Some((step, costs)) = line.split_once("  (cost=") else { continue };
        let step = step.trim().trim_start_matches("->").trim();
        let count: f64 = costs
            .split_once("rows=")
            .and_then(|(_, r)| r.split(' ').next())
            .unwrap_or_default()
            .parse()
            .unwrap();
        if step.contains("Sort") && count > f64::from(rows()) / 20.0 {
            slow.push(format!("{step} of {count} rows"));
        }
        let Some((kind, on)) = step.split_once(" Scan") else { continue };
        let table = on.rsplit(" on ").next().and_then(|on| on.split(' ').next()).unwrap_or_default();
        // The index of a bitmap stands on a line of its own, below its table's.
        let bitmap = heap && kind == "Bitmap Index";
        if !tables.contains_key(table) && !bitmap {
            continue;
        }
        heap = kind == "Bitmap Heap" || bitmap;
        let details = plan[at + 1..].iter().take_while(|line| !line.contains("->"));
        let whole =
            kind.starts_with("Index") && !details.into_iter().any(|line| line.contains("Index Cond:"));
        if kind.ends_with("Seq") || whole {
            slow.push(step.to_owned());
        }
        steps.push(step.to_owned());
    }
    (steps, slow)
}

fn judge(golden: &str, found: &Found) {
    let faults = found.faults.join("\n");
    assert!(
        faults.is_empty(),
        "tables that grow are read from end to end; add an index, or a reason:\n{faults}"
    );
    if rows() == ROWS {
        assert_golden(golden, &found.paths);
    }
}

#[tokio::test]
async fn sqlite_finds_every_row_by_an_index() {
    let app = app().await;
    let test = TestDb::sqlite(&app.migrations).await;
    test.db.close().await.unwrap();
    let tables = fill::large(&app.migrations);
    let path = test.url().trim_start_matches("sqlite:").split('?').next().unwrap().to_owned();
    fill::sqlite(&path, &tables, rows());
    let db = Db::open(test.url(), Options::default()).await.unwrap();
    let found = look(&db, &app.statements, &tables).await;
    db.close().await.unwrap();
    judge("plans-sqlite.txt", &found);
}

#[tokio::test]
async fn postgresql_finds_every_row_by_an_index() {
    let app = app().await;
    let Some(test) = TestDb::on(Engine::Postgres, &app.migrations).await else { return };
    let tables = fill::large(&app.migrations);
    fill::postgres(&test.db, &tables, rows()).await;
    // Reading a small table from end to end is cheap; a big one is read so only if there is no other way.
    let joins = "enable_seqscan%3Doff%20-c%20enable_hashjoin%3Doff%20-c%20enable_mergejoin%3Doff";
    let scans = if rows() > ROWS { String::new() } else { format!("&options=-c%20{joins}") };
    let db = Db::open(&format!("{}{scans}", test.url()), Options::default()).await.unwrap();
    let found = look(&db, &app.statements, &tables).await;
    db.close().await.unwrap();
    test.close().await;
    judge("plans-postgres.txt", &found);
}
