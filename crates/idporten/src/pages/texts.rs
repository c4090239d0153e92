//! Texts of the login pages in bokmål, nynorsk and English.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
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

static BUNDLES: LazyLock<[Bundle; 3]> = LazyLock::new(|| {
    [
        bundle("nb", include_str!("../../texts/nb.ftl")),
        bundle("nn", include_str!("../../texts/nn.ftl")),
        bundle("en", include_str!("../../texts/en.ftl")),
    ]
});

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
    /// The pages' language for a `locale`; Northern Sami readers get bokmål until the texts are translated.
    pub fn of_locale(locale: &str) -> Self {
        match locale {
            "nn" => Self::Nn,
            "en" => Self::En,
            _ => Self::Nb,
        }
    }

    /// Tag for the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::Nn => "nn",
            Self::En => "en",
        }
    }

    /// A text without variables.
    pub fn text(self, id: &str) -> String {
        self.text_with(id, &[])
    }

    /// A text with variables.
    pub fn text_with(self, id: &str, variables: &[(&str, &str)]) -> String {
        let bundle = &BUNDLES[self as usize];
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut args = FluentArgs::new();
        for (name, value) in variables {
            args.set((*name).to_owned(), (*value).to_owned());
        }
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text() {
        let ids = |source: &'static str| {
            let lines = source.lines().filter_map(|line| line.split_once(" = "));
            lines.map(|(id, _)| id).collect::<Vec<_>>()
        };
        let nb = ids(include_str!("../../texts/nb.ftl"));
        for language in [Language::Nb, Language::Nn, Language::En] {
            for id in &nb {
                assert_ne!(language.text(id), *id, "{id} in {}", language.tag());
            }
        }
        assert_eq!(nb, ids(include_str!("../../texts/nn.ftl")));
        assert_eq!(nb, ids(include_str!("../../texts/en.ftl")));
    }

    #[test]
    fn variables_are_put_in() {
        assert_eq!(Language::En.text_with("person-heading", &[("eid", "BankID")]), "Log in with BankID");
    }
}
