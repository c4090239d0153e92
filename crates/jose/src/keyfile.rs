//! The file in which an operator keeps an issuer's private keys: a JWK set (RFC 7517) with two members of time a key.
//!
//! `nbf` says from when a key signs (absent: always), `exp` until when it is published (absent: for good), both as NumericDate,
//! as OpenID Federation uses them for keys. Nothing else tells which key signs, so all servers that have the file change over
//! at the same moment without being told, and other tools read the file as the JWK set that it is.

use crate::{Error, PublicKey, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// What a key is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Published, and will sign.
    Next,
    /// Signs.
    Active,
    /// Signed earlier; still published, so that its tokens verify.
    Retired,
    /// Published without a private half.
    Public,
}

impl KeyState {
    /// As `allting pki list` and the start-up report write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Public => "public",
        }
    }
}

/// One key of the file, without what is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Key id.
    pub kid: String,
    /// Algorithm.
    pub alg: &'static str,
    /// What it is now.
    pub state: KeyState,
    /// Since when it has been so, or from when it will sign; `None`: nobody knows.
    pub since: Option<Timestamp>,
}

/// The file, read.
#[derive(Clone)]
pub struct KeyFile {
    keys: Vec<Map<String, Value>>,
}

impl KeyFile {
    /// Reads a private JWK or a set of JWKs, at least one of them private.
    pub fn parse(json: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(json).map_err(|_| Error::Key("not JSON"))?;
        let list = match value.get("keys") {
            Some(Value::Array(list)) => list.clone(),
            _ => vec![value],
        };
        let object = |key| match key {
            Value::Object(key) => Ok(key),
            _ => Err(Error::Key("a key is not an object")),
        };
        let file = Self { keys: list.into_iter().map(object).collect::<Result<_>>()? };
        if !file.keys.iter().any(is_private) {
            return Err(Error::Key("the set has no private key"));
        }
        for (at, key) in file.keys.iter().enumerate() {
            time(key, "nbf")?;
            time(key, "exp")?;
            if file.keys[..at].iter().any(|earlier| earlier.get("kid") == key.get("kid")) {
                return Err(Error::Key("kid is used twice"));
            }
        }
        Ok(file)
    }

    /// A file with one key that signs from `from` on.
    pub fn new(jwk: Value, from: Timestamp) -> Result<Self> {
        let mut file = Self { keys: vec![] };
        file.add(jwk, from)?;
        Ok(file)
    }

    /// Adds a private key that signs from `from` on.
    pub fn add(&mut self, mut jwk: Value, from: Timestamp) -> Result<()> {
        jwk["nbf"] = json!(from.as_second());
        let Value::Object(key) = jwk else { return Err(Error::Key("a key is not an object")) };
        self.keys.push(key);
        Ok(())
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        format!("{:#}\n", json!({ "keys": self.keys }))
    }

    /// The JWK that signs at `now`, and the others that are published, in the order of the file.
    pub(crate) fn at(&self, now: Timestamp) -> (Value, Vec<Value>) {
        let active = self.active(now);
        let published = |at: &usize| {
            *at == active || time(&self.keys[*at], "exp").is_ok_and(|exp| exp.is_none_or(|exp| exp > now))
        };
        let (mut signing, mut others) = (Value::Null, Vec::new());
        for at in (0..self.keys.len()).filter(published) {
            let key = Value::Object(self.keys[at].clone());
            if at == active {
                signing = key;
            } else {
                others.push(key);
            }
        }
        (signing, others)
    }

    /// When another key begins to sign or one is no longer published.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let times = self.keys.iter().flat_map(|key| [time(key, "nbf"), time(key, "exp")]);
        times.filter_map(|at| at.ok().flatten()).filter(|at| *at > now).min()
    }

    /// Every key, as it is at `now`.
    pub fn list(&self, now: Timestamp) -> Result<Vec<KeyInfo>> {
        let active = self.active(now);
        let info = |(at, key): (usize, &Map<String, Value>)| {
            let public = PublicKey::from_jwk(&Value::Object(key.clone()))?;
            let from = time(key, "nbf")?;
            let (state, since) = match () {
                () if !is_private(key) => (KeyState::Public, None),
                () if at == active => (KeyState::Active, from),
                () if from.is_some_and(|from| from > now) => (KeyState::Next, from),
                () => (KeyState::Retired, self.retired_at(at, now)),
            };
            Ok(KeyInfo { kid: public.kid().to_owned(), alg: public.algorithm_name(), state, since })
        };
        self.keys.iter().enumerate().map(info).collect()
    }

    /// Takes out the keys that have been retired for longer than `keep`; answers their ids.
    pub fn prune(&mut self, now: Timestamp, keep: SignedDuration) -> Vec<String> {
        let active = self.active(now);
        let over = |at: &usize| {
            let retired = *at != active && is_private(&self.keys[*at]);
            retired
                && self
                    .retired_at(*at, now)
                    .is_some_and(|since| since <= now && now.duration_since(since) >= keep)
        };
        let gone: Vec<usize> = (0..self.keys.len()).filter(over).collect();
        gone.into_iter().rev().map(|at| kid(&self.keys.remove(at))).collect()
    }

    /// The private key that began to sign last; before the first one's time, the first.
    fn active(&self, now: Timestamp) -> usize {
        let private =
            || (0..self.keys.len()).filter(|at| is_private(&self.keys[*at])).map(|at| (self.from(at), at));
        let begun = private().filter(|(from, _)| *from <= now);
        // Of two with the same time the first of the file signs.
        let last = begun.max_by_key(|(from, at)| (*from, std::cmp::Reverse(*at)));
        last.or_else(|| private().min()).map_or(0, |(_, at)| at)
    }

    /// When the successor of a key began to sign; `None` when that is not told.
    fn retired_at(&self, at: usize, now: Timestamp) -> Option<Timestamp> {
        let own = self.from(at);
        let later =
            (0..self.keys.len()).filter(|other| is_private(&self.keys[*other])).map(|other| self.from(other));
        later.filter(|from| *from > own && *from <= now).min()
    }

    fn from(&self, at: usize) -> Timestamp {
        time(&self.keys[at], "nbf").ok().flatten().unwrap_or(Timestamp::MIN)
    }
}

fn is_private(key: &Map<String, Value>) -> bool {
    key.contains_key("d")
}

fn kid(key: &Map<String, Value>) -> String {
    key.get("kid").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn time(key: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>> {
    let Some(value) = key.get(name) else { return Ok(None) };
    let at = value.as_i64().and_then(|second| Timestamp::from_second(second).ok());
    at.map(Some).ok_or(Error::Key("nbf and exp of a key are NumericDates"))
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(kid)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyKind, KeySet, generate_jwk};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn keys_take_over_by_their_time_and_go_when_their_tokens_have_ended() {
        let mut file = KeyFile::new(generate_jwk(KeyKind::Ed25519).unwrap(), at(100)).unwrap();
        file.add(generate_jwk(KeyKind::Ed25519).unwrap(), at(200)).unwrap();
        let kids: Vec<_> = file.keys.iter().map(kid).collect();
        let text = file.to_json();
        let signer =
            |second| KeySet::at(&KeyFile::parse(&text).unwrap(), at(second)).unwrap().kid().to_owned();
        let state =
            |second| file.list(at(second)).unwrap().into_iter().map(|key| key.state).collect::<Vec<_>>();
        assert_eq!(
            [signer(50), signer(100), signer(199), signer(200)].map(|kid| kid == kids[1]),
            [false, false, false, true]
        );
        assert_eq!(state(199), [KeyState::Active, KeyState::Next]);
        assert_eq!(state(200), [KeyState::Retired, KeyState::Active]);
        assert_eq!((file.next_change(at(150)), file.next_change(at(200))), (Some(at(200)), None));
        let keep = SignedDuration::from_secs(60);
        let mut pruned = file.clone();
        assert_eq!(pruned.prune(at(259), keep), Vec::<String>::new());
        assert_eq!(pruned.prune(at(260), keep), [kids[0].clone()]);
        assert_eq!(pruned.prune(at(9_999), keep), Vec::<String>::new(), "the one that signs stays");
    }

    #[test]
    fn a_set_is_published_whole_until_a_key_says_otherwise() {
        let first = generate_jwk(KeyKind::Ed25519).unwrap();
        let mut second = generate_jwk(KeyKind::Ed25519).unwrap();
        second.as_object_mut().unwrap().remove("d");
        second["exp"] = json!(300);
        let file = KeyFile::parse(&json!({"keys": [second, first]}).to_string()).unwrap();
        let published = |second| KeySet::at(&file, at(second)).unwrap().public_keys().keys().len();
        assert_eq!((published(299), published(300)), (2, 1));
        assert!(!file.to_json().is_empty() && !format!("{file:?}").contains("\"d\""));
    }

    #[test]
    fn files_that_are_none_are_refused() {
        let key = generate_jwk(KeyKind::Ed25519).unwrap();
        let mut odd = key.clone();
        odd["nbf"] = json!("tomorrow");
        for text in [
            String::new(),
            "{}".into(),
            "{\"keys\":[]}".into(),
            "{\"keys\":[1]}".into(),
            odd.to_string(),
            json!({"keys": [key, key]}).to_string(),
        ] {
            assert!(KeyFile::parse(&text).is_err(), "{text}");
        }
    }
}
