//! Parameters of OAuth requests, from a query string or a form.

use url::form_urlencoded;

/// Name and value in order of appearance. A parameter without value counts as absent (RFC 6749 §3.1).
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded` text.
    pub fn parse(raw: &[u8]) -> Self {
        Self(form_urlencoded::parse(raw).into_owned().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The first value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Every value.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect()
    }

    /// A name that stands twice, apart from those that may.
    pub fn repeated(&self, may_repeat: &[&str]) -> Option<&str> {
        let seen_before = |i: usize, name: &str| self.0.iter().take(i).any(|(n, _)| n == name);
        let mut names = self.0.iter().enumerate().map(|(i, (name, _))| (i, name.as_str()));
        names.find(|(i, name)| !may_repeat.contains(name) && seen_before(*i, name)).map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_absent_and_twice_is_seen() {
        let params = Params::parse(b"a=&b=1&b=2&resource=x&resource=y&c=1");
        assert_eq!(params.get("a"), None);
        assert_eq!(params.all("resource"), ["x", "y"]);
        assert_eq!(params.repeated(&["resource"]), Some("b"));
        assert_eq!(Params::parse(b"a=1").repeated(&[]), None);
    }
}
