//! What to show, from the query string.

use audit::{Filter, LookupFilter};
use axum::extract::RawQuery;
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, OrgNo, SystemClock};
use ports::register::{PartyRef, Register};
use uuid::Uuid;

/// Most rows of a page, and of a file.
const MOST: usize = 500;
const MOST_IN_FILE: usize = 10_000;
const USUAL: usize = 50;

/// Names that the two logs know.
const ENTRIES: [&str; 11] = [
    "since", "until", "party", "actor", "resource", "action", "subject", "trace", "decision", "before",
    "limit",
];
const LOOKUPS: [&str; 7] = ["since", "until", "party", "actor", "trace", "before", "limit"];

/// A parameter that cannot be read, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub name: String,
    pub reason: &'static str,
}

/// Why nothing is shown.
#[derive(Debug)]
pub enum QueryError {
    Unreadable(Unreadable),
    Db(db::Error),
}

impl From<db::Error> for QueryError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

/// The parameters, as they came. Empty ones count as absent, so that a form can be sent half filled in.
#[derive(Debug, Clone, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    pub fn parse(query: &RawQuery) -> Self {
        let pairs = url::form_urlencoded::parse(query.0.as_deref().unwrap_or_default().as_bytes());
        let trimmed = pairs.map(|(name, value)| (name.into_owned(), value.trim().to_owned()));
        Self(trimmed.filter(|(_, value)| !value.is_empty()).collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The address with this query, but for the place in the list, and with more.
    pub fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let kept = self.0.iter().filter(|(name, _)| name != "before" && name != "format");
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept).extend_pairs(more);
        format!("{path}?{}", query.finish())
    }

    /// Names of what was asked by.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    fn check(&self, known: &[&str]) -> Result<(), QueryError> {
        let is_known = |name: &String| known.contains(&name.as_str()) || name == "format";
        match self.0.iter().enumerate().find(|(at, (name, _))| {
            !is_known(name) || self.0[..*at].iter().any(|(earlier, _)| earlier == name)
        }) {
            None => Ok(()),
            Some((_, (name, _))) => Err(unreadable(name, "unknown, or given twice")),
        }
    }

    fn read<T>(
        &self,
        name: &str,
        reason: &'static str,
        how: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, QueryError> {
        let value = self.get(name).map(|text| how(text).ok_or_else(|| unreadable(name, reason)));
        value.transpose()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    fn uuid(&self, name: &str) -> Result<Option<Uuid>, QueryError> {
        self.read(name, "wanted a UUID", |text| text.parse().ok())
    }

    fn time(&self, name: &str) -> Result<Option<Timestamp>, QueryError> {
        self.read(name, "wanted a time (2026-03-02T09:00:00Z), a day, or how long ago (24h, 90d)", |text| {
            text.parse().ok().or_else(|| ago(text, SystemClock.now())).or_else(|| words::local_time(text))
        })
    }

    /// Rows of a page; of a file, unless it says otherwise, as many as there may be.
    pub fn limit(&self) -> Result<usize, QueryError> {
        let (usual, most) = if self.is_csv() { (MOST_IN_FILE, MOST_IN_FILE) } else { (USUAL, MOST) };
        let limit = self.read("limit", "wanted 1 to 500, in a file to 10000", |text| {
            text.parse().ok().filter(|limit| (1..=most).contains(limit))
        })?;
        Ok(limit.unwrap_or(usual))
    }

    pub fn is_csv(&self) -> bool {
        self.get("format") == Some("csv")
    }

    /// The names under which the log may know a party: its uuid, and an organisation's number.
    async fn party(&self, register: &dyn Register) -> Result<Vec<String>, QueryError> {
        let Some(text) = self.get("party") else { return Ok(vec![]) };
        let by = match (text.parse().ok(), OrgNo::parse_digits(text).is_ok()) {
            (Some(uuid), _) => PartyRef::Uuid(uuid),
            (None, true) => PartyRef::OrgNo(text.to_owned()),
            (None, false) => {
                return Err(unreadable("party", "wanted a party's UUID or an organisation number"));
            }
        };
        let mut names = vec![text.to_lowercase()];
        if let Some(party) = register.party(&by).await? {
            names = std::iter::once(party.uuid.to_string()).chain(party.org_no).collect();
        }
        Ok(names)
    }

    /// The changes asked for.
    pub async fn entries(&self, register: &dyn Register) -> Result<Filter, QueryError> {
        self.check(&ENTRIES)?;
        Ok(Filter {
            since: self.time("since")?,
            until: self.time("until")?,
            actor: self.text("actor"),
            party: self.party(register).await?,
            resource: self.text("resource"),
            action: self.read("action", "wanted an action, or the word before its dot", |text| {
                let known = |word: &str| word == text || word.split('.').next() == Some(text);
                audit::Action::ALL.iter().any(|action| known(action.word())).then(|| text.to_owned())
            })?,
            subject: self.text("subject"),
            trace: self.text("trace"),
            decision: self.uuid("decision")?,
            before: self.uuid("before")?,
        })
    }

    /// The look-ups asked for.
    pub async fn lookups(&self, register: &dyn Register) -> Result<LookupFilter, QueryError> {
        self.check(&LOOKUPS)?;
        let party = self.party(register).await?;
        Ok(LookupFilter {
            since: self.time("since")?,
            until: self.time("until")?,
            // Nobody has the nil id: an organisation is not looked up by this log.
            person: party.first().map(|name| name.parse().unwrap_or_default()),
            actor: self.text("actor"),
            trace: self.text("trace"),
            before: self.uuid("before")?,
        })
    }
}

fn unreadable(name: &str, reason: &'static str) -> QueryError {
    QueryError::Unreadable(Unreadable { name: name.to_owned(), reason })
}

/// `90s`, `15m`, `24h`, `90d` before now.
fn ago(text: &str, now: Timestamp) -> Option<Timestamp> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let long = SignedDuration::from_secs(i64::from(number.parse::<u32>().ok()?).checked_mul(seconds)?);
    now.checked_sub(long).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_points_or_lengths() {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        assert_eq!(ago("24h", now), Some("2026-03-01T09:00:00Z".parse().unwrap()));
        assert_eq!(ago("2d", now), Some("2026-02-28T09:00:00Z".parse().unwrap()));
        for bad in ["", "h", "-1h", "1.5h", "1w", "9999999999d", "1é"] {
            assert_eq!(ago(bad, now), None, "{bad}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let check = |text: &str| Query::parse(&RawQuery(Some(text.to_owned()))).check(&LOOKUPS).is_ok();
        assert!(check("since=24h&party=&actor=&format=csv"));
        assert!(!check("subject=1") && !check("since=1h&since=2h"));
    }
}
