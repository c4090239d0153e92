//! OAuth scopes: `prefix:subscope`, held in claims as texts separated by white space.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A set of scopes, in the order in which they were first named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScopeSet(Vec<String>);

impl ScopeSet {
    /// Reads a `scope` claim or parameter.
    pub fn parse(text: &str) -> Self {
        text.split_whitespace().collect()
    }

    /// Whether exactly this scope is in the set.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|member| member == scope)
    }

    /// Whether at least one of the scopes is in the set.
    pub fn contains_any(&self, scopes: &[&str]) -> bool {
        scopes.iter().any(|scope| self.contains(scope))
    }

    /// Whether one of the scopes begins with `prefix` and a colon.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        self.0.iter().any(|member| split(member).is_some_and(|(found, _)| found == prefix))
    }

    /// The scopes in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many it holds.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a> FromIterator<&'a str> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = &'a str>>(scopes: I) -> Self {
        let mut set = Self::default();
        for scope in scopes {
            if !set.contains(scope) {
                set.0.push(scope.to_owned());
            }
        }
        set
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&std::borrow::Cow::<str>::deserialize(deserializer)?))
    }
}

/// Whether a `scope` claim holds exactly this scope, as a whole word.
pub fn claim_has(claim: &str, scope: &str) -> bool {
    claim.split_whitespace().any(|member| member == scope)
}

/// Prefix and subscope. `None` when the text is not a well-formed scope; the subscope may hold more colons.
pub fn split(scope: &str) -> Option<(&str, &str)> {
    let (prefix, subscope) = scope.split_once(':')?;
    let legal = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    };
    (legal(prefix) && legal(subscope)).then_some((prefix, subscope))
}

/// Whether `scope` is `parent` or one of its narrower scopes: `altinn:x/read` is a subscope of `altinn:x`.
pub fn is_subscope_of(scope: &str, parent: &str) -> bool {
    scope
        .strip_prefix(parent)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_words_only() {
        let set = ScopeSet::parse(" altinn:serviceowner\taltinn:a.read\naltinn:serviceowner ");
        assert_eq!(set.to_string(), "altinn:serviceowner altinn:a.read");
        assert!(set.contains("altinn:a.read") && !set.contains("altinn:a") && !set.contains("serviceowner"));
        assert!(set.contains_any(&["x:y", "altinn:a.read"]) && !set.contains_any(&[]));
        assert!(set.has_prefix("altinn") && !set.has_prefix("alt"));
        assert!(claim_has("a:b a:c", "a:c") && !claim_has("a:b a:cd", "a:c") && !claim_has("a:b", ""));
    }

    #[test]
    fn parts() {
        assert_eq!(split("altinn:serviceowner/x.read"), Some(("altinn", "serviceowner/x.read")));
        assert_eq!(split("skatteetaten:a:b"), Some(("skatteetaten", "a:b")));
        for bad in ["", "openid", ":x", "x:", "a b:c", "a:\"b\"", "å:b"] {
            assert_eq!(split(bad), None, "{bad}");
        }
        assert!(is_subscope_of("altinn:x/read", "altinn:x") && is_subscope_of("altinn:x", "altinn:x"));
        assert!(!is_subscope_of("altinn:xy", "altinn:x"));
    }

    proptest! {
        #[test]
        fn printing_and_reading_keeps_the_set(words in proptest::collection::vec("[a-z]{1,3}:[a-z]{1,3}", 0..8)) {
            let set = ScopeSet::parse(&words.join("  "));
            prop_assert_eq!(ScopeSet::parse(&set.to_string()), set.clone());
            prop_assert!(words.iter().all(|word| set.contains(word)));
        }
    }
}
