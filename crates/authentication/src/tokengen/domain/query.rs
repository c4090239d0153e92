//! Reading of parameters, collecting what is wrong with all of them.

use serde_json::{Map, Value, json};
use url::form_urlencoded;
use uuid::Uuid;

/// Query parameters of one call, and the errors found so far. Names are read in any case, an empty value is absent.
pub struct Query {
    values: Vec<(String, String)>,
    errors: Map<String, Value>,
}

const MISSING: &str = "Parameter must be supplied";
const INVALID: &str = "Parameter was supplied with an invalid value";

impl Query {
    /// Reads the query string.
    pub fn parse(raw: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
        let values = pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned())).collect();
        Self { values, errors: Map::new() }
    }

    fn raw(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        self.values.iter().find(|(n, v)| *n == name && !v.is_empty()).map(|(_, value)| value.as_str())
    }

    /// An optional value that `read` accepts; another value is an error.
    pub fn optional<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = read(self.raw(name)?);
        if value.is_none() {
            self.errors.insert(name.to_owned(), json!(INVALID));
        }
        value
    }

    /// A required value. What it gives back when it is wrong is never used, since [`Query::finish`] then fails.
    pub fn required<T: Default>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> T {
        if self.raw(name).is_none() {
            self.errors.insert(name.to_owned(), json!(MISSING));
            return T::default();
        }
        self.optional(name, read).unwrap_or_default()
    }

    /// Is the parameter there at all?
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The errors by parameter, if there are any.
    pub fn finish(&self) -> Result<(), Value> {
        if self.errors.is_empty() { Ok(()) } else { Err(Value::Object(self.errors.clone())) }
    }
}

/// Organisation number: nine digits.
pub fn org_no(text: &str) -> Option<String> {
    digits(text, 9)
}

/// National identity number: eleven digits.
pub fn pid(text: &str) -> Option<String> {
    digits(text, 11)
}

/// `consumerOrgNo` takes a person's number too.
pub fn org_no_or_pid(text: &str) -> Option<String> {
    digits(text, 9).or_else(|| digits(text, 11))
}

fn digits(text: &str, count: usize) -> Option<String> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
}

/// A whole number from 0.
pub fn uint(text: &str) -> Option<i64> {
    text.parse::<u32>().ok().map(i64::from)
}

/// Security level 1 to 4.
pub fn level(text: &str) -> Option<String> {
    matches!(text, "1" | "2" | "3" | "4").then(|| text.to_owned())
}

/// A uuid.
pub fn uuid(text: &str) -> Option<Uuid> {
    text.parse().ok()
}

/// Letters, digits, `_` and `-`, at most 50.
pub fn identifier(text: &str) -> Option<String> {
    let fits = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    (fits && text.len() <= 50).then(|| text.to_owned())
}

/// Identifiers joined by single dots, at most 50 characters.
pub fn dotted(text: &str) -> Option<String> {
    let parts = text.split('.').all(|part| !part.is_empty() && identifier(part).is_some());
    (parts && text.len() <= 50).then(|| text.to_owned())
}

/// One `@` with something on both sides, at most 50 characters.
pub fn email(text: &str) -> Option<String> {
    let (name, host) = text.split_once('@')?;
    let fits = !name.is_empty() && !host.is_empty() && !host.contains('@') && text.len() <= 50;
    (fits && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}

/// An absolute URI.
pub fn absolute_uri(text: &str) -> Option<String> {
    url::Url::parse(text).is_ok().then(|| text.to_owned())
}

/// Any text of reasonable length.
pub fn any(text: &str) -> Option<String> {
    (text.len() <= 500).then(|| text.to_owned())
}

/// Scopes by comma or space, as one text with spaces.
pub fn scopes(text: &str) -> Option<String> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b":/_-,. ".contains(&b);
    if text.len() > 500 || !text.bytes().all(allowed) {
        return None;
    }
    let scopes: Vec<&str> = text.split([',', ' ']).filter(|scope| !scope.is_empty()).collect();
    (!scopes.is_empty()).then(|| scopes.join(" "))
}

/// An environment that the generator serves: our own and the test environments that clients name.
pub fn environment(own: &str) -> impl Fn(&str) -> Option<String> {
    const KNOWN: [&str; 6] = ["tt02", "at22", "at23", "at24", "yt01", "none"];
    let own = own.to_owned();
    move |text: &str| {
        let text = text.to_ascii_lowercase();
        (KNOWN.contains(&text.as_str()) || text == own).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_errors_are_told_at_once_by_parameter() {
        let mut query = Query::parse(Some("ENV=tt02&orgNo=12&scopes="));
        let env = query.required("env", environment("tt02"));
        query.required("scopes", scopes);
        query.optional("orgNo", org_no);
        assert_eq!(env, "tt02");
        assert_eq!(query.finish().unwrap_err(), json!({ "scopes": MISSING, "orgNo": INVALID }));
    }

    #[test]
    fn scopes_are_joined_by_spaces() {
        assert_eq!(scopes("altinn:a.b,altinn:c d"), Some("altinn:a.b altinn:c d".into()));
        assert_eq!(scopes("Altinn:A"), None);
        assert_eq!(scopes(&"a".repeat(501)), None);
    }

    #[test]
    fn identifiers_and_addresses() {
        assert_eq!(dotted("ttd.app"), Some("ttd.app".into()));
        assert_eq!(dotted("ttd..app"), None);
        assert_eq!(email("a@b@c"), None);
        assert_eq!(environment("local")("at21"), None);
        assert_eq!(environment("local")("local"), Some("local".into()));
    }
}
