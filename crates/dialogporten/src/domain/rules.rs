//! Rules for single fields, with the refusals' own words. Every failure is collected under its path.

use super::language;
use super::model::{Text, Texts};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a resource URN begins with.
pub const RESOURCE_PREFIX: &str = "urn:altinn:resource:";
/// How far a client's clock may run ahead of ours.
pub const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(15);
/// Longest text of a description and the like.
pub const SHORT: usize = 255;
/// Most paths in one refusal.
const MAX_PATHS: usize = 1000;
/// Longest URI or long text.
pub const LONG: usize = 1023;

/// Refusals by path, in the order in which they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors(Vec<(String, Vec<String>)>);

impl Errors {
    /// Adds one.
    pub fn push(&mut self, path: impl Into<String>, message: impl Into<String>) {
        let path = path.into();
        // A hostile body can break rules in a hundred thousand places; nobody reads that many.
        if self.0.len() >= MAX_PATHS {
            return;
        }
        match self.0.iter_mut().find(|(p, _)| *p == path) {
            Some((_, messages)) => messages.push(message.into()),
            None => self.0.push((path, vec![message.into()])),
        }
    }

    /// One only.
    pub fn one(path: impl Into<String>, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.push(path, message);
        errors
    }

    /// The same under another path.
    #[must_use]
    pub fn renamed(mut self, from: &str, to: &str) -> Self {
        for (path, _) in self.0.iter_mut().filter(|(path, _)| path == from) {
            to.clone_into(path);
        }
        self
    }

    /// None found?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` when none was found.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Path and messages.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(path, messages)| (path.as_str(), messages.as_slice()))
    }
}

/// Length as .NET counts it (UTF-16 units), since limits were set there.
fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// `displayName` → `DisplayName`, as messages name a member.
pub fn pascal(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// `'X' must not be empty.`
pub fn must_not_be_empty(name: &str) -> String {
    format!("'{}' must not be empty.", pascal(name))
}

/// Collects failures of members under one prefix.
#[derive(Debug)]
pub struct Rules {
    /// `dto.` and the like.
    pub prefix: &'static str,
    /// What has failed.
    pub errors: Errors,
    /// Business time.
    pub now: Timestamp,
}

impl Rules {
    /// None failed yet.
    pub fn new(prefix: &'static str, now: Timestamp) -> Self {
        Self { prefix, errors: Errors::default(), now }
    }

    /// Adds a failure at `path` below the prefix.
    pub fn fail(&mut self, path: &str, message: impl Into<String>) {
        self.errors.push(format!("{}{path}", self.prefix), message);
    }

    /// At most `max` characters.
    pub fn max(&mut self, path: &str, name: &str, value: Option<&str>, max: usize) {
        if let Some(len) = value.map(length).filter(|len| *len > max) {
            self.fail(
                path,
                format!(
                    "The length of '{}' must be {max} characters or fewer. You entered {len} characters.",
                    pascal(name)
                ),
            );
        }
    }

    /// At least `min` characters, when given.
    pub fn min(&mut self, path: &str, name: &str, value: Option<&str>, min: usize) {
        if let Some(len) = value.map(length).filter(|len| *len < min) {
            self.fail(
                path,
                format!(
                    "The length of '{}' must be at least {min} characters. You entered {len} characters.",
                    pascal(name)
                ),
            );
        }
    }

    /// Given, and more than white space. Answers the text, empty when it failed.
    pub fn required(&mut self, path: &str, name: &str, value: Option<String>) -> String {
        if let Some(value) = value.filter(|v| !v.trim().is_empty()) {
            value
        } else {
            self.fail(path, must_not_be_empty(name));
            String::new()
        }
    }

    /// Absolute https address of at most 1023 characters.
    pub fn https_url(&mut self, path: &str, name: &str, value: &str) {
        if !value.is_empty() && !is_https_url(value) {
            self.fail(path, format!("'{}' is not a well-formatted HTTPS URL.", pascal(name)));
        }
        self.max(path, name, Some(value), LONG);
    }

    /// Well-formed URI, relative or absolute, of at most 1023 characters.
    pub fn uri(&mut self, path: &str, name: &str, value: Option<&str>) {
        if value.is_some_and(|v| !is_uri(v)) {
            self.fail(path, format!("'{}' is not a well-formatted URI.", pascal(name)));
        }
        self.max(path, name, value, LONG);
    }

    /// An id that a client chose must be of version 7 and not from the future.
    pub fn uuid_v7(&mut self, path: &str, id: Option<Uuid>) {
        if let Some(id) = id {
            if !is_uuid_v7(id) {
                self.fail(path, format!("Invalid Id. Expected big endian UUIDv7 format. Got '{id}'."));
            } else if uuid_time(id).is_none_or(|at| at >= self.now + CLOCK_SKEW) {
                self.fail(path, format!("Invalid Id. The time of '{id}' must be in the past."));
            }
        }
    }

    /// Not later than now, give or take the clocks.
    pub fn past(&mut self, path: &str, name: &str, at: Option<Timestamp>) {
        if at.is_some_and(|at| at > self.now + CLOCK_SKEW) {
            self.fail(path, format!("'{}' must be in the past.", pascal(name)));
        }
    }

    /// Not before now.
    pub fn future(&mut self, path: &str, name: &str, at: Option<Timestamp>) {
        if at.is_some_and(|at| at < self.now) {
            self.fail(path, format!("'{}' must be in the future.", pascal(name)));
        }
    }

    /// What a right may be tied to.
    pub fn authorization_attribute(&mut self, path: &str, value: Option<&str>) {
        self.max(path, "authorizationAttribute", value, SHORT);
        if value.is_some_and(|v| !is_attribute(v)) {
            self.fail(path, "'AuthorizationAttribute' is not in the correct format.");
        }
    }

    /// Texts: known language, no language twice, words not empty and not too long. Answers them sorted by language.
    pub fn texts(&mut self, path: &str, given: Vec<Text>, max: usize) -> Texts {
        let mut texts: Texts = Vec::with_capacity(given.len());
        let mut twice = Vec::new();
        for (i, text) in given.into_iter().enumerate() {
            let lang = language::normalise(&text.lang);
            if !language::known(&lang) {
                let hint = if lang == "no" { "Use 'nb' or 'nn' for Norwegian. " } else { "" };
                self.fail(
                    &format!("{path}[{i}].languageCode"),
                    format!(
                        "'LanguageCode' '{}' is not a valid language code. {hint}Culture specific codes like 'en_GB' and 'en-US' are normalized to 'en' (ISO 639).",
                        text.lang
                    ),
                );
            }
            let value_path = format!("{path}[{i}].value");
            if text.value.trim().is_empty() {
                self.fail(&value_path, must_not_be_empty("value"));
            }
            self.max(&value_path, "value", Some(&text.value), max);
            if !language::known(&lang) {
                continue;
            }
            if texts.iter().any(|t| t.lang == lang) {
                twice.push(lang);
            } else {
                texts.push(Text { lang, value: text.value });
            }
        }
        if !twice.is_empty() {
            self.fail(
                path,
                format!(
                    "Can not contain duplicate items: [{}]. Language codes are compared after normalization (ISO 639).",
                    twice.join(",")
                ),
            );
        }
        texts.sort_by(|a, b| a.lang.cmp(&b.lang));
        texts
    }

    /// No value twice.
    pub fn unique<T: Ord + ToString>(&mut self, path: &str, values: &[T]) {
        let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
        for value in values {
            if !once.insert(value) {
                twice.insert(value);
            }
        }
        if !twice.is_empty() {
            let twice: Vec<String> = twice.into_iter().map(ToString::to_string).collect();
            self.fail(path, format!("Can not contain duplicate items: [{}].", twice.join(",")));
        }
    }
}

/// Absolute address with scheme https.
pub fn is_https_url(text: &str) -> bool {
    text.get(..8).is_some_and(|p| p.eq_ignore_ascii_case("https://"))
        && url::Url::parse(text).is_ok_and(|u| u.scheme() == "https" && u.host().is_some())
}

/// .NET's "well formed, relative or absolute": no raw spaces or delimiters, and `%` only before two hex digits.
pub fn is_uri(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(i, byte)| match byte {
        b' ' | b'|' | b'\\' | b'^' | b'`' | b'"' | b'<' | b'>' | b'{' | b'}' | 0..=0x1f => false,
        b'%' => bytes.get(i + 1..i + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
        _ => true,
    })
}

/// `name`, or `urn:altinn:<namespace>:<name>`; letters, digits, `_` and `-`, beginning with a letter.
fn is_attribute(text: &str) -> bool {
    let word = |w: &str| {
        w.starts_with(|c: char| c.is_ascii_alphabetic())
            && w.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    match text.get(..11).filter(|p| p.eq_ignore_ascii_case("urn:altinn:")) {
        Some(_) => text[11..].split_once(':').is_some_and(|(namespace, name)| word(namespace) && word(name)),
        None => word(text),
    }
}

/// Version 7 with the standard variant.
pub fn is_uuid_v7(id: Uuid) -> bool {
    id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122
}

fn uuid_time(id: Uuid) -> Option<Timestamp> {
    let millis = i64::try_from(id.as_u128() >> 80).ok()?;
    Timestamp::from_millisecond(millis).ok()
}

/// HTML that may be shown: a few tags, no attributes but one `href="https://…"` on links.
pub fn is_plain_html(html: &str) -> bool {
    const TAGS: [&str; 13] =
        ["p", "a", "br", "em", "strong", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td"];
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>') else { return false };
        let inner = rest[start + 1..start + end].trim_end_matches('/').trim();
        rest = &rest[start + end + 1..];
        let closing = inner.strip_prefix('/');
        let tag = closing.unwrap_or(inner);
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let name = name.to_ascii_lowercase();
        if !TAGS.contains(&name.as_str()) && name != "th" {
            return false;
        }
        let attributes = attributes.trim();
        let link = attributes
            .strip_prefix("href=\"https://")
            .and_then(|a| a.strip_suffix('"'))
            .is_some_and(|a| !a.contains('"'));
        let opening_link = name == "a" && closing.is_none();
        if opening_link != link || (!opening_link && !attributes.is_empty()) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules() -> Rules {
        Rules::new("dto.", "2026-11-22T12:00:00Z".parse().unwrap())
    }

    fn text(lang: &str, value: &str) -> Text {
        Text { lang: lang.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn addresses_must_be_absolute_https() {
        for good in ["https://a.no", "HTTPS://a.no/x?y=z", "https://localhost:7214/x"] {
            assert!(is_https_url(good), "{good}");
        }
        for bad in ["http://a.no", "a.no", "https:/a", "https://", "javascript:alert(1)", "https:a.no"] {
            assert!(!is_https_url(bad), "{bad}");
        }
    }

    #[test]
    fn uris_are_what_dotnet_calls_well_formed() {
        for good in ["", "word", "urn:a:b", "https://a.no/%20"] {
            assert!(is_uri(good), "{good}");
        }
        for bad in ["a b", "a|b", "a%2", "a%zz", "<a>", "{x}"] {
            assert!(!is_uri(bad), "{bad}");
        }
    }

    #[test]
    fn authorization_attributes_are_words_or_altinn_urns() {
        for good in ["part2", "urn:altinn:task:Task_1", "urn:altinn:resource:x-y"] {
            assert!(is_attribute(good), "{good}");
        }
        for bad in ["", "2part", "urn:altinn:task", "urn:other:task:x", "a b"] {
            assert!(!is_attribute(bad), "{bad}");
        }
    }

    #[test]
    fn norwegian_without_a_written_form_is_refused_with_a_hint() {
        let mut r = rules();
        r.texts("content.value", vec![text("no", "Hei")], 255);
        let (path, messages) = r.errors.iter().next().unwrap();
        assert_eq!(path, "dto.content.value[0].languageCode");
        assert_eq!(
            messages[0],
            "'LanguageCode' 'no' is not a valid language code. Use 'nb' or 'nn' for Norwegian. Culture specific codes like 'en_GB' and 'en-US' are normalized to 'en' (ISO 639)."
        );
    }

    #[test]
    fn a_language_may_not_come_twice_after_normalisation() {
        let mut r = rules();
        r.texts("title", vec![text("nb", "a"), text("nb-NO", "b")], 255);
        assert!(
            r.errors
                .iter()
                .any(|(p, m)| p == "dto.title" && m[0].starts_with("Can not contain duplicate items: [nb]."))
        );
    }

    #[test]
    fn limits_have_their_own_words() {
        let mut r = rules();
        r.max("name", "name", Some(&"x".repeat(256)), 255);
        r.min("idempotentKey", "idempotentKey", Some("ab"), 3);
        let all: Vec<_> = r.errors.iter().map(|(_, m)| m[0].clone()).collect();
        assert_eq!(
            all,
            [
                "The length of 'Name' must be 255 characters or fewer. You entered 256 characters.",
                "The length of 'IdempotentKey' must be at least 3 characters. You entered 2 characters."
            ]
        );
    }

    #[test]
    fn html_is_limited_to_harmless_tags() {
        assert!(is_plain_html("<p>Hi <a href=\"https://a.no/x\">a</a><br/></p>"));
        for bad in [
            "<script>",
            "<p class=\"x\">",
            "<a>x</a>",
            "<a href=\"http://a.no\">",
            "<a href=\"https://a\" onclick=\"x\">",
            "<p",
        ] {
            assert!(!is_plain_html(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn only_version_seven_from_the_past_passes(bits: u128, ahead_ms in -10_000_000i64..10_000_000) {
            let now = rules().now;
            let millis = (now.as_millisecond() + ahead_ms) as u128;
            let v7 = Uuid::from_u128((bits & ((1 << 80) - 1)) | (millis << 80));
            let v7 = Uuid::from_u128((v7.as_u128() & !(0xf << 76) & !(0x3 << 62)) | (7 << 76) | (2 << 62));
            let mut r = rules();
            r.uuid_v7("id", Some(v7));
            prop_assert_eq!(r.errors.is_empty(), ahead_ms < 15_000);
            let v4 = Uuid::from_u128((v7.as_u128() & !(0xf << 76)) | (4 << 76));
            let mut r = rules();
            r.uuid_v7("id", Some(v4));
            prop_assert!(!r.errors.is_empty());
        }

        #[test]
        fn texts_that_pass_are_sorted_and_known(codes in prop::collection::vec("[a-z]{2}(-[A-Z]{2})?", 0..6)) {
            let mut r = rules();
            let out = r.texts("x", codes.iter().map(|c| text(c, "v")).collect(), 255);
            if r.errors.is_empty() {
                prop_assert_eq!(out.len(), codes.len());
                prop_assert!(out.windows(2).all(|w| w[0].lang < w[1].lang));
                prop_assert!(out.iter().all(|t| language::known(&t.lang)));
            }
        }
    }
}
