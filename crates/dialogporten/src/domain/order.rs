//! Order of a list, and the place in it where the next page begins.

use super::model::Dialog;
use jiff::Timestamp;
use uuid::Uuid;

/// What a list can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `createdAt`
    Created = 1,
    /// `updatedAt`
    Updated = 2,
    /// `contentUpdatedAt`
    ContentUpdated = 3,
    /// `dueAt`; a dialog without a deadline counts as the furthest.
    Due = 4,
}

impl Key {
    const ALL: [Self; 4] = [Self::Created, Self::Updated, Self::ContentUpdated, Self::Due];

    const fn name(self) -> &'static str {
        match self {
            Self::Created => "createdat",
            Self::Updated => "updatedat",
            Self::ContentUpdated => "contentupdatedat",
            Self::Due => "dueat",
        }
    }

    fn of(self, dialog: &Dialog) -> Option<Timestamp> {
        match self {
            Self::Created => Some(dialog.created_at),
            Self::Updated => Some(dialog.updated_at),
            Self::ContentUpdated => Some(dialog.content_updated_at),
            Self::Due => dialog.due_at,
        }
    }
}

/// Order: keys with direction (`true` = descending), then the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Keys, without repetition.
    pub keys: Vec<(Key, bool)>,
    /// Direction of the id.
    pub id_desc: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self { keys: vec![(Key::ContentUpdated, true)], id_desc: true }
    }
}

/// A place in a list: value per key, and the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Values in the order of the keys.
    pub values: Vec<Option<Timestamp>>,
    /// Id.
    pub id: Uuid,
}

impl Order {
    /// Reads `createdAt_asc,id`. Empty text is the default order.
    pub fn parse(text: &str) -> Option<Self> {
        if text.trim().is_empty() {
            return Some(Self::default());
        }
        let mut order = Self { keys: Vec::new(), id_desc: true };
        let mut id_seen = false;
        for part in text.split(',') {
            let part = part.trim().to_ascii_lowercase();
            let (name, desc) = match part.rsplit_once('_') {
                None => (part.as_str(), true),
                Some((name, "desc")) => (name, true),
                Some((name, "asc")) => (name, false),
                Some(_) => return None,
            };
            if name == "id" {
                if std::mem::replace(&mut id_seen, true) {
                    return None;
                }
                order.id_desc = desc;
                continue;
            }
            let key = Key::ALL.into_iter().find(|k| k.name() == name)?;
            if order.keys.iter().any(|(k, _)| *k == key) {
                return None;
            }
            order.keys.push((key, desc));
        }
        if order.keys.is_empty() {
            order.keys.push((Key::ContentUpdated, true));
        }
        Some(order)
    }

    /// As the answer writes it.
    pub fn text(&self) -> String {
        let direction = |desc: bool| if desc { "desc" } else { "asc" };
        let keys = self.keys.iter().map(|(k, desc)| format!("{}_{}", k.name(), direction(*desc)));
        keys.chain(std::iter::once(format!("id_{}", direction(self.id_desc)))).collect::<Vec<_>>().join(",")
    }

    /// Place of a dialog in this order.
    pub fn place_of(&self, dialog: &Dialog) -> Place {
        Place { values: self.keys.iter().map(|(k, _)| k.of(dialog)).collect(), id: dialog.id }
    }

    /// A place as a continuation token.
    pub fn token(&self, place: &Place, time: impl Fn(Timestamp) -> String) -> String {
        let keys = self.keys.iter().zip(&place.values);
        keys.map(|((key, _), value)| format!("{}_{}", key.name(), value.map(&time).unwrap_or_default()))
            .chain(std::iter::once(format!("id_{}", place.id)))
            .collect::<Vec<_>>()
            .join(",")
    }

    /// Reads a continuation token; keys that the order does not have are ignored.
    pub fn parse_token(&self, text: &str) -> Result<Option<Place>, TokenError> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let mut parts: Vec<(String, &str)> = Vec::new();
        for part in text.split(',') {
            let (name, value) = part.trim().split_once('_').ok_or(TokenError::Malformed)?;
            let name = name.to_ascii_lowercase();
            let known = name == "id" || Key::ALL.iter().any(|k| k.name() == name);
            if !known || parts.iter().any(|(n, _)| *n == name) {
                return Err(TokenError::Malformed);
            }
            parts.push((name, value));
        }
        let part = |name: &str| parts.iter().find(|(n, _)| n == name).map(|(_, value)| *value);
        let names = self.keys.iter().map(|(k, _)| k.name()).chain(std::iter::once("id"));
        let missing: Vec<&str> = names.filter(|n| part(n).is_none()).collect();
        if !missing.is_empty() {
            return Err(TokenError::Missing(missing.join(",")));
        }
        let mut values = Vec::new();
        for (key, _) in &self.keys {
            values.push(match part(key.name()).unwrap_or_default() {
                "" if *key == Key::Due => None,
                time => Some(time.parse().map_err(|_| TokenError::Malformed)?),
            });
        }
        let id = part("id").unwrap_or_default().parse().map_err(|_| TokenError::Malformed)?;
        Ok(Some(Place { values, id }))
    }
}

/// Why a continuation token was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenError {
    /// It cannot be read.
    Malformed,
    /// It lacks these keys of the order.
    Missing(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_default_order_is_written_in_lower_case() {
        assert_eq!(Order::parse("").unwrap().text(), "contentupdatedat_desc,id_desc");
        assert_eq!(Order::parse("createdAt_asc").unwrap().text(), "createdat_asc,id_desc");
        assert_eq!(Order::parse("id_asc").unwrap().text(), "contentupdatedat_desc,id_asc");
    }

    #[test]
    fn unknown_repeated_and_misdirected_keys_are_refused() {
        for text in ["title", "createdAt,createdAt_asc", "createdAt_up", "id,id_asc", "createdAt,,id"] {
            assert_eq!(Order::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_token_without_a_key_of_the_order_says_which() {
        let order = Order::parse("createdAt,dueAt").unwrap();
        let token = "createdat_2026-07-31T09:09:03.0257090Z,id_0193f1b5-0000-7000-8000-000000000001";
        assert_eq!(order.parse_token(token), Err(TokenError::Missing("dueat".to_owned())));
        assert_eq!(order.parse_token("createdat_yesterday,dueat_,id_1"), Err(TokenError::Malformed));
    }

    proptest! {
        #[test]
        fn a_token_leads_back_to_its_place(micros in 0i64..4_000_000_000_000_000, due in prop::option::of(0i64..4_000_000_000_000_000), id: u128) {
            let order = Order::parse("dueAt_asc,contentUpdatedAt").unwrap();
            let at = |us| Timestamp::from_microsecond(us).unwrap();
            let place = Place { values: vec![due.map(at), Some(at(micros))], id: Uuid::from_u128(id) };
            let token = order.token(&place, |t| t.to_string());
            prop_assert_eq!(order.parse_token(&token), Ok(Some(place)));
        }
    }
}
