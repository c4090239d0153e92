//! Rows as owned values, so that no statement lives across an await.

use crate::{Error, FromValue, Result, Value};

/// One row of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    statement: &'static str,
    cells: Vec<Value>,
}

impl Row {
    pub(crate) fn new(statement: &'static str, cells: Vec<Value>) -> Row {
        Row { statement, cells }
    }

    /// The cell at `column` (from 0) as a `T`; `Option<T>` where NULL may stand.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T> {
        let reason = match self.cells.get(column) {
            Some(cell) => match T::from_value(cell) {
                Ok(value) => return Ok(value),
                Err(reason) => reason,
            },
            None => format!("the row has {} columns", self.cells.len()),
        };
        Err(Error::Decode { statement: self.statement, column, reason })
    }

    /// All cells.
    pub fn cells(&self) -> &[Value] {
        &self.cells
    }
}
