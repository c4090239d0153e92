//! Numbers and texts as readers of a language expect them.

use crate::texts::Language;
use serde_json::Value;

pub use ::words::{date, time};

/// `310 200 107`
pub fn org_no(number: &str) -> String {
    match (number.get(..3), number.get(3..6), number.get(6..9)) {
        (Some(a), Some(b), Some(c)) if number.len() == 9 => format!("{a} {b} {c}"),
        _ => number.to_owned(),
    }
}

/// One or two letters that stand for a name.
pub fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = letters.next();
    first.into_iter().chain(letters.next_back()).flat_map(char::to_uppercase).collect()
}

/// The languages to try for a reader, the best one first.
fn order(language: Language) -> [&'static str; 4] {
    match language {
        Language::Nb => ["nb", "no", "nn", "en"],
        Language::Nn => ["nn", "nb", "no", "en"],
        Language::En => ["en", "nb", "no", "nn"],
    }
}

/// A text and the language that it is written in, when that is not the reader's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    pub lang: Option<String>,
}

impl Words {
    /// Ours, or a name that has no language.
    pub fn plain(text: String) -> Self {
        Self { text, lang: None }
    }

    fn of(text: &str, code: &str, language: Language) -> Self {
        let code = if code == "no" { "nb" } else { code };
        Self { text: text.to_owned(), lang: (code != language.tag()).then(|| code.to_owned()) }
    }
}

/// The best of several texts for a reader; `None` when there is none.
pub fn pick(texts: &[(String, String)], language: Language) -> Option<Words> {
    let full = || texts.iter().filter(|(_, text)| !text.trim().is_empty());
    let wanted = order(language).into_iter().find_map(|code| full().find(|(lang, _)| lang == code));
    wanted.or_else(|| full().next()).map(|(lang, text)| Words::of(text, lang, language))
}

/// As [`pick`], from an object with language codes as keys.
pub fn pick_value(texts: &Value, language: Language) -> Option<Words> {
    let map = texts.as_object()?;
    let full = |code: &str| map.get(code).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let wanted = order(language).into_iter().find_map(|code| Some((code, full(code)?)));
    let found = wanted.or_else(|| map.keys().find_map(|code| Some((code.as_str(), full(code)?))));
    found.map(|(code, text)| Words::of(text, code, language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_readers_language_comes_first_and_another_is_marked() {
        let texts = [("en".to_owned(), "Receipt".to_owned()), ("nb".to_owned(), "Kvittering".to_owned())];
        assert_eq!(pick(&texts, Language::Nb), Some(Words::plain("Kvittering".into())));
        let nn = pick(&texts, Language::Nn).unwrap();
        assert_eq!((nn.text.as_str(), nn.lang.as_deref()), ("Kvittering", Some("nb")));
        assert_eq!(
            pick_value(&json!({"nb": " ", "se": "Boahtin"}), Language::En).unwrap().lang.as_deref(),
            Some("se")
        );
        assert_eq!(pick(&[], Language::Nb), None);
    }

    #[test]
    fn numbers_and_initials() {
        assert_eq!(org_no("310200107"), "310 200 107");
        assert_eq!(initials("Kari Anne Nordli"), "KN");
        assert_eq!(initials("SKATT & CO"), "SC");
        assert_eq!(initials("Vy"), "V");
    }
}
