//! Rows of the system register, requests and system users.

pub(super) mod requests;
pub(super) mod systems;
pub(super) mod users;

#[cfg(test)]
mod tests;

use db::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Every statement of the rooms below.
pub(super) fn statements() -> Vec<&'static [&'static db::Sql]> {
    vec![requests::STATEMENTS, systems::STATEMENTS, users::STATEMENTS]
}

/// A document kept as text, since its member order is the vendor's.
fn document<T: DeserializeOwned>(row: &Row, column: usize) -> db::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| db::Error::Decode {
        statement: "authn.document",
        column,
        reason: error.to_string(),
    })
}

fn text_of<T: Serialize>(value: &T) -> db::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| db::Error::Bind { statement: "authn.document", reason: error.to_string() })
}
