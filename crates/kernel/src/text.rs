//! Texts in the languages of the platform.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text in several languages, keyed by two-letter code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageText(BTreeMap<String, String>);

impl LanguageText {
    /// A text in bokmål alone.
    pub fn nb(text: impl Into<String>) -> Self {
        Self::default().with("nb", text)
    }

    /// Adds or replaces one language.
    pub fn with(mut self, language: &str, text: impl Into<String>) -> Self {
        self.0.insert(language.to_owned(), text.into());
        self
    }

    /// The text in exactly this language.
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The best text for a reader of `language` (`nb-NO` and `no` count as `nb`): that language, then the other
    /// Norwegian one, English, and at last whatever there is. Empty only when the text is.
    pub fn pick(&self, language: &str) -> &str {
        let wanted = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let order = match wanted.as_str() {
            "nn" => ["nn", "nb", "no", "en"],
            "en" => ["en", "nb", "no", "nn"],
            "nb" | "no" => ["nb", "no", "nn", "en"],
            other => {
                if let Some(text) = self.get(other) {
                    return text;
                }
                ["nb", "no", "nn", "en"]
            }
        };
        order
            .iter()
            .find_map(|code| self.get(code))
            .or_else(|| self.0.values().map(String::as_str).find(|text| !text.is_empty()))
            .unwrap_or_default()
    }

    /// Languages and texts, by language code.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }

    /// Whether there is no text in any language.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(String::is_empty)
    }
}

impl<L: Into<String>, T: Into<String>> FromIterator<(L, T)> for LanguageText {
    fn from_iter<I: IntoIterator<Item = (L, T)>>(texts: I) -> Self {
        Self(texts.into_iter().map(|(language, text)| (language.into(), text.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_get_the_nearest_language() {
        let text: LanguageText =
            [("nb", "mottatt"), ("nn", "motteken"), ("en", "received")].into_iter().collect();
        assert_eq!(
            (text.pick("nn"), text.pick("nb-NO"), text.pick("en"), text.pick("se")),
            ("motteken", "mottatt", "received", "mottatt")
        );
        assert_eq!(LanguageText::nb("x").pick("en"), "x");
        assert_eq!(LanguageText::default().with("en", "x").pick("nn"), "x");
        assert_eq!(LanguageText::default().with("de", "x").with("nb", "").pick("nb"), "x");
        assert_eq!(LanguageText::default().pick("nb"), "");
    }

    #[test]
    fn json_is_a_plain_object() {
        let text: LanguageText = serde_json::from_str(r#"{"nn":"a","nb":"b"}"#).unwrap();
        assert_eq!(serde_json::to_string(&text).unwrap(), r#"{"nb":"b","nn":"a"}"#);
    }
}
