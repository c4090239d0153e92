//! What the pages say, in bokmål, nynorsk and English.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// A language that the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Nb,
    Nn,
    En,
}

type Bundle = FluentBundle<FluentResource>;

const SOURCES: [(&str, &str); 3] = [
    ("nb", include_str!("../i18n/nb/portal.ftl")),
    ("nn", include_str!("../i18n/nn/portal.ftl")),
    ("en", include_str!("../i18n/en/portal.ftl")),
];

static BUNDLES: LazyLock<[Bundle; 3]> = LazyLock::new(|| SOURCES.map(|(tag, source)| bundle(tag, source)));

fn bundle(tag: &str, source: &str) -> Bundle {
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // The texts hold no right-to-left names that would need isolation marks, and the marks would show up in tests.
    bundle.set_use_isolating(false);
    // A broken entry is left out, which the test below turns into a failure.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(whole, _)| whole);
    bundle.add_resource_overriding(resource);
    bundle
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
        SOURCES[self as usize].0
    }

    /// A text without variables.
    pub fn t(self, key: &str) -> String {
        self.ta(key, &[])
    }

    /// A text with words put in.
    pub fn ta(self, key: &str, words: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, word) in words {
            args.set((*name).to_owned(), (*word).to_owned());
        }
        self.format(key, &args)
    }

    /// A text that depends on `$count`.
    pub fn tn(self, key: &str, count: usize) -> String {
        let mut args = FluentArgs::new();
        args.set("count", FluentValue::from(count));
        self.format(key, &args)
    }

    fn format(self, key: &str, args: &FluentArgs<'_>) -> String {
        let bundle = &BUNDLES[self as usize];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    /// Key and the variables that its text uses.
    type Keys = BTreeMap<String, BTreeSet<String>>;

    fn keys(source: &'static str) -> Keys {
        let tree = fluent_syntax::parser::parse(source).expect("the file parses");
        let messages = tree.body.into_iter().filter_map(|entry| match entry {
            Entry::Message(message) => Some(message),
            _ => None,
        });
        messages
            .map(|message| {
                let mut variables = BTreeSet::new();
                for element in message.value.expect("a text").elements {
                    if let PatternElement::Placeable { expression } = element {
                        let inline = match expression {
                            Expression::Inline(inline) => inline,
                            Expression::Select { selector, .. } => selector,
                        };
                        if let InlineExpression::VariableReference { id } = inline {
                            variables.insert(id.name.to_owned());
                        }
                    }
                }
                (message.id.name.to_owned(), variables)
            })
            .collect()
    }

    fn sources(directory: &Path, found: &mut String) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn every_language_says_the_same_with_the_same_variables() {
        let nb = keys(SOURCES[0].1);
        for (tag, source) in SOURCES {
            let own = keys(source);
            for (key, variables) in &nb {
                assert_eq!(own.get(key), Some(variables), "{key} in {tag}");
            }
            assert_eq!(own.len(), nb.len(), "{tag} has keys that nb lacks");
        }
    }

    #[test]
    fn every_key_of_the_pages_exists_and_every_text_is_used() {
        let mut code = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
        let known = keys(SOURCES[0].1);
        let calls = [".t(\"", ".ta(\"", ".tn(\""];
        let asked =
            calls.iter().flat_map(|call| code.split(call).skip(1)).filter_map(|rest| rest.split('"').next());
        for key in asked.filter(|key| !key.is_empty() && *key != ", ") {
            assert!(known.contains_key(key), "no text for {key}");
        }
        for key in known.keys() {
            assert!(code.contains(&format!("\"{key}\"")), "{key} is used nowhere");
        }
    }

    #[test]
    fn counts_are_worded() {
        assert_eq!(Language::Nb.tn("inbox-count", 0), "Ingen uleste meldinger.");
        assert_eq!(Language::Nb.tn("inbox-count", 1), "Én ulest melding.");
        assert_eq!(Language::Nn.tn("inbox-count", 7), "7 ulesne meldingar.");
        assert_eq!(Language::En.ta("from", &[("sender", "Skatteetaten")]), "From Skatteetaten");
    }
}
