#![doc = include_str!("../README.md")]

mod time;

pub use time::{date, local_time, time};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// Cookie that keeps the language that a reader has chosen.
pub const COOKIE: &str = "allting_language";

/// A language that the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Bokmål, where nobody has chosen.
    Nb,
    /// Nynorsk.
    Nn,
    /// English.
    En,
}

impl Language {
    /// All, with the names that their readers use.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Nb, "Bokmål"), (Self::Nn, "Nynorsk"), (Self::En, "English")];

    /// By tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().map(|(language, _)| language).find(|language| language.tag() == tag)
    }

    /// Tag for `lang` attributes and the cookie.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::Nn => "nn",
            Self::En => "en",
        }
    }
}

type Bundle = FluentBundle<FluentResource>;

/// The texts of one crate's pages in every language.
pub struct Texts([Bundle; 3]);

impl Texts {
    /// From Fluent sources in bokmål, nynorsk and English.
    pub fn new(sources: [&str; 3]) -> Self {
        let mut languages = Language::ALL.into_iter();
        Self(
            sources
                .map(|source| bundle(languages.next().map_or("nb", |(language, _)| language.tag()), source)),
        )
    }

    /// A text without variables.
    pub fn t(&self, language: Language, key: &str) -> String {
        self.ta(language, key, &[])
    }

    /// A text with words put in.
    pub fn ta(&self, language: Language, key: &str, words: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, word) in words {
            args.set((*name).to_owned(), (*word).to_owned());
        }
        self.format(language, key, &args)
    }

    /// A text that depends on `$count`.
    pub fn tn(&self, language: Language, key: &str, count: usize) -> String {
        let mut args = FluentArgs::new();
        args.set("count", FluentValue::from(count));
        self.format(language, key, &args)
    }

    fn format(&self, language: Language, key: &str, args: &FluentArgs<'_>) -> String {
        let bundle = &self.0[language as usize];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned()
    }
}

fn bundle(tag: &str, source: &str) -> Bundle {
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // The texts hold no right-to-left names that would need isolation marks, and the marks would show up in tests.
    bundle.set_use_isolating(false);
    // A broken entry is left out, which each crate's test turns into a failure.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(whole, _)| whole);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_said_in_the_readers_language() {
        let texts = Texts::new(["a = Hei { $name }", "a = Hei { $name }!", "a = Hello { $name }"]);
        assert_eq!(texts.ta(Language::En, "a", &[("name", "Kari")]), "Hello Kari");
        assert_eq!(texts.ta(Language::Nn, "a", &[("name", "Kari")]), "Hei Kari!");
        assert_eq!(texts.t(Language::Nb, "no such key"), "no such key");
        assert_eq!(Language::of_tag("nn"), Some(Language::Nn));
        assert_eq!(Language::of_tag("se"), None);
    }
}
