//! Pages: `{"data":[…],"links":{"next"?}}`, where `next` holds the key of the next page's first item.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Items on a page.
pub(crate) const SIZE: usize = 50;

/// Query of a paged list.
#[derive(Debug, Deserialize)]
pub(crate) struct PageQuery {
    pub token: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    pub data: Vec<T>,
    pub links: Links,
}

/// Where the next page lies; `{}` on the last one.
#[derive(Debug, Serialize)]
pub(crate) struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A key as continuation token.
pub(crate) fn token<K: Serialize>(key: &K) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::json!(key).to_string())
}

/// The key in a token; `None` when it holds none.
pub(crate) fn key<K: DeserializeOwned>(token: &str) -> Option<K> {
    let bytes = URL_SAFE_NO_PAD.decode(token.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Cuts a list of `SIZE + 1` items to a page and gives the key of the item that was too many.
pub(crate) fn cut<T, K>(items: &mut Vec<T>, size: usize, key: impl Fn(&T) -> K) -> Option<K> {
    let next = items.get(size).map(key);
    items.truncate(size);
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn tokens_hold_json() {
        let id = Uuid::from_u128(7);
        assert_eq!(token(&12), "MTI");
        assert_eq!(key::<i64>("MTI"), Some(12));
        assert_eq!(key::<Uuid>(&token(&id)), Some(id));
        for bad in ["", "!", "MTI*", "bm90", &token(&12)] {
            assert_eq!(key::<Uuid>(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_next_page_begins_with_the_item_that_was_too_many() {
        let mut items = vec![1, 2, 3];
        assert_eq!((cut(&mut items, 2, |n| *n), items.clone()), (Some(3), vec![1, 2]));
        assert_eq!((cut(&mut items, 2, |n| *n), items), (None, vec![1, 2]));
    }
}
