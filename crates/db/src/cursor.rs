//! Keyset cursors: where the next page begins, as text that a client carries and does not read.
//!
//! A cursor holds a version, a digest of the query it belongs to (statement and filters) and the order columns of the last
//! row. It is not a secret and not signed: whoever changes one moves about in a list that he may read anyway. Decoding is
//! strict; of any text either one cursor is read, and encoding it gives the same text, or it is refused.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{Error, FromValue, Result, Value};

const VERSION: u8 = 1;
const MOST: usize = 2048;

/// A decoded cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor(Vec<Value>);

impl Cursor {
    /// The order column at `index`.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T> {
        let value = self.0.get(index).ok_or(Error::Cursor("has too few columns"))?;
        T::from_value(value).map_err(|_| Error::Cursor("has a column of another type"))
    }

    /// The order columns.
    pub fn values(&self) -> &[Value] {
        &self.0
    }
}

fn digest(query: &str) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&Sha256::digest(query)[..8]);
    out
}

/// Encodes the order columns of the last row of a page. `query` names the statement and everything that filters it, so
/// that a cursor cannot be carried to another list.
pub fn encode(query: &str, columns: &[Value]) -> Result<String> {
    let mut out = vec![VERSION];
    out.extend_from_slice(&digest(query));
    for column in columns {
        match column {
            Value::Null => out.push(0),
            Value::Bool(v) => out.extend_from_slice(&[1, u8::from(*v)]),
            Value::Int(v) => put(&mut out, 2, &v.to_be_bytes()),
            Value::Text(v) => {
                put(&mut out, 3, &u32::try_from(v.len()).unwrap_or(u32::MAX).to_be_bytes());
                out.extend_from_slice(v.as_bytes());
            }
            Value::Uuid(v) => put(&mut out, 4, v.as_bytes()),
            Value::Time(v) => put(&mut out, 5, &v.as_microsecond().to_be_bytes()),
            _ => return Err(Error::Cursor("cannot order by a column of this type")),
        }
    }
    let text = URL_SAFE_NO_PAD.encode(out);
    if text.len() > MOST { Err(Error::Cursor("is too long")) } else { Ok(text) }
}

fn put(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    out.extend_from_slice(bytes);
}

/// Decodes a cursor that a client sent.
pub fn decode(query: &str, text: &str) -> Result<Cursor> {
    if text.len() > MOST {
        return Err(Error::Cursor("is too long"));
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::Cursor("is not base64url"))?;
    let rest = bytes.strip_prefix(&[VERSION]).ok_or(Error::Cursor("is of another version"))?;
    let mut rest = rest.strip_prefix(&digest(query)).ok_or(Error::Cursor("belongs to another query"))?;
    let mut columns = Vec::new();
    while let Some((tag, tail)) = rest.split_first() {
        rest = tail;
        columns.push(match tag {
            0 => Value::Null,
            1 => match take::<1>(&mut rest)? {
                [0] => Value::Bool(false),
                [1] => Value::Bool(true),
                _ => return Err(Error::Cursor("is damaged")),
            },
            2 => Value::Int(i64::from_be_bytes(take(&mut rest)?)),
            3 => {
                let length = u32::from_be_bytes(take(&mut rest)?) as usize;
                let (text, tail) = rest.split_at_checked(length).ok_or(Error::Cursor("is cut short"))?;
                rest = tail;
                Value::Text(std::str::from_utf8(text).map_err(|_| Error::Cursor("is damaged"))?.to_owned())
            }
            4 => Value::Uuid(Uuid::from_bytes(take(&mut rest)?)),
            5 => {
                let micros = i64::from_be_bytes(take(&mut rest)?);
                Value::Time(Timestamp::from_microsecond(micros).map_err(|_| Error::Cursor("is damaged"))?)
            }
            _ => return Err(Error::Cursor("is damaged")),
        });
    }
    Ok(Cursor(columns))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N]> {
    let (head, tail) = rest.split_first_chunk().ok_or(Error::Cursor("is cut short"))?;
    *rest = tail;
    Ok(*head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn column() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<String>().prop_map(Value::Text),
            any::<u128>().prop_map(|v| Value::Uuid(Uuid::from_u128(v))),
            (-1_000_000_000_000_i64..10_000_000_000_000_000)
                .prop_map(|v| Value::Time(Timestamp::from_microsecond(v).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(columns in prop::collection::vec(column(), 0..5), query: String) {
            let text = encode(&query, &columns).unwrap();
            let back = decode(&query, &text).unwrap();
            prop_assert_eq!(back.values(), columns.as_slice());
            let other = format!("{query}x");
            prop_assert!(decode(&other, &text).is_err());
        }

        /// Damage is refused or read as another well-formed cursor, never as two texts for one cursor.
        #[test]
        fn a_text_is_the_only_text_of_its_cursor(
            columns in prop::collection::vec(column(), 0..4), at: prop::sample::Index, with in "[A-Za-z0-9_=+/ -]{0,2}",
        ) {
            let mut text = encode("q", &columns).unwrap();
            let at = at.index(text.len());
            text.replace_range(at..=at, &with);
            if let Ok(cursor) = decode("q", &text) {
                prop_assert_eq!(encode("q", cursor.values()).unwrap(), text);
            }
        }

        #[test]
        fn any_text_is_safe_to_decode(text: String) {
            prop_assert!(decode("q", &text).is_err());
        }
    }

    #[test]
    fn refusals_say_why() {
        let text = encode("q", &[Value::Int(1)]).unwrap();
        let why = |query: &str, text: &str| match decode(query, text) {
            Err(Error::Cursor(why)) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(why("other", &text), "belongs to another query");
        assert_eq!(why("q", "!"), "is not base64url");
        assert_eq!(why("q", "AAAA"), "is of another version");
        assert_eq!(why("q", &text[..text.len() - 2]), "is cut short");
        assert_eq!(why("q", &"A".repeat(3000)), "is too long");
        let cursor = decode("q", &text).unwrap();
        assert!(cursor.get::<String>(0).is_err() && cursor.get::<i64>(1).is_err());
        assert!(encode("q", &[Value::Float(1.0)]).is_err());
    }
}
