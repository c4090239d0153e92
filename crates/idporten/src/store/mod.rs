//! Rows and SQL. Handles, codes and tokens are stored as keyed digests only.

pub mod assertions;
pub mod clients;
pub mod grants;
pub mod mock;
pub mod purge;
pub mod requests;
pub mod sessions;

/// Every statement of this block.
pub fn statements() -> Vec<&'static [&'static db::Sql]> {
    vec![
        assertions::STATEMENTS,
        clients::STATEMENTS,
        grants::STATEMENTS,
        mock::STATEMENTS,
        purge::STATEMENTS,
        requests::STATEMENTS,
        sessions::STATEMENTS,
    ]
}

/// Reads a stored JSON document of our own making.
fn decode<T: serde::de::DeserializeOwned>(row: &db::Row, column: usize) -> db::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|e| db::Error::Decode {
        statement: "idporten document",
        column,
        reason: e.to_string(),
    })
}

fn encode<T: serde::Serialize>(value: &T) -> db::Result<String> {
    serde_json::to_string(value)
        .map_err(|e| db::Error::Bind { statement: "idporten document", reason: e.to_string() })
}
