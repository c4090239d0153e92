//! All SQL of the block.

pub mod children;
pub mod dialogs;
pub mod logs;
pub mod search;

/// Tables.
pub const MIGRATIONS: db::MigrationSet = db::migrations!(
    "dialogporten",
    ["0001_init", "0002_common_log" + sqlite + pg, "0003_related" + sqlite + pg]
);

/// Every fixed statement.
pub fn statements() -> Vec<&'static [&'static db::Sql]> {
    vec![dialogs::STATEMENTS, children::STATEMENTS, logs::STATEMENTS, search::STATEMENTS]
}

/// Reads a stored document.
fn document<T: serde::de::DeserializeOwned>(row: &db::Row, column: usize) -> db::Result<T> {
    decode(&row.get::<String>(column)?, column)
}

fn decode<T: serde::de::DeserializeOwned>(text: &str, column: usize) -> db::Result<T> {
    serde_json::from_str(text).map_err(|error| db::Error::Decode {
        statement: "dialog.document",
        column,
        reason: error.to_string(),
    })
}

/// Writes a document to store.
fn encode<T: serde::Serialize>(value: &T) -> db::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| db::Error::Bind { statement: "dialog.document", reason: error.to_string() })
}

/// Reads a number of a closed list.
fn named<T>(row: &db::Row, column: usize, from: impl Fn(i64) -> Option<T>) -> db::Result<T> {
    let code: i64 = row.get(column)?;
    from(code).ok_or_else(|| db::Error::Decode {
        statement: "dialog.document",
        column,
        reason: format!("no name has the number {code}"),
    })
}
