//! Query parameters as these APIs read them: names in any case, an empty value is an absent one, unknown names ignored.

use super::problem::{Answer, invalid, unbound};
use uuid::Uuid;

/// Parameters of a request.
#[derive(Debug, Default)]
pub struct Params(Vec<(String, String)>);

/// A filter that may be left to the user's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tri {
    /// Yes.
    True,
    /// No.
    False,
    /// As the user has set it.
    Auto,
}

impl Params {
    /// Reads the raw query.
    pub fn read(query: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(
            pairs
                .filter(|(_, value)| !value.trim().is_empty())
                .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
                .collect(),
        )
    }

    /// First value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All values of a repeatable parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A flag.
    pub fn flag(&self, name: &str, default: bool) -> Answer<bool> {
        match self.get(name).map(str::to_lowercase).as_deref() {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(unbound(name, &format!("The value '{other}' is not valid."))),
        }
    }

    /// A flag that knows `auto`.
    pub fn tri(&self, name: &str, default: Tri) -> Answer<Tri> {
        match self.get(name).map(str::to_lowercase).as_deref() {
            None => Ok(default),
            Some("true") => Ok(Tri::True),
            Some("false") => Ok(Tri::False),
            Some("auto") => Ok(Tri::Auto),
            Some(other) => Err(unbound(name, &format!("The value '{other}' is not valid."))),
        }
    }

    /// A party of a connection.
    pub fn party(&self, name: &str) -> Answer<Option<Uuid>> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let path = format!("$QUERY/{name}");
        let member = ("value", text.into());
        text.parse().map(Some).map_err(|_| invalid("AM.VLD-00007", &[&path], &[member]))
    }

    /// Repeatable uuids of a filter.
    pub fn uuids(&self, name: &str) -> Answer<Vec<Uuid>> {
        let read = |text: &str| {
            text.parse().map_err(|_| unbound(name, &format!("The value '{text}' is not valid.")))
        };
        self.all(name).map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_case_and_empty_is_absent() {
        let params = Params::read(Some("Party=&ANYOFRESOURCEIDS=a&anyOfResourceIds=b&includeRoles=TRUE"));
        assert_eq!(params.get("party"), None);
        assert_eq!(params.all("anyOfResourceIds").collect::<Vec<_>>(), ["a", "b"]);
        assert!(params.flag("includeRoles", false).unwrap());
        assert!(Params::read(Some("includeRoles=yes")).flag("includeRoles", false).is_err());
    }
}
