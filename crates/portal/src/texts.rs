//! What the pages say, in bokmål, nynorsk and English.

use std::sync::LazyLock;
use words::Texts;

pub use words::Language;

const SOURCES: [&str; 3] = [
    include_str!("../i18n/nb/portal.ftl"),
    include_str!("../i18n/nn/portal.ftl"),
    include_str!("../i18n/en/portal.ftl"),
];

pub static TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::new(SOURCES));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_complete_and_every_text_is_used() {
        testkit::assert_texts(SOURCES, concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    }

    #[test]
    fn counts_are_worded() {
        assert_eq!(TEXTS.tn(Language::Nb, "inbox-count", 0), "Ingen uleste meldinger.");
        assert_eq!(TEXTS.tn(Language::Nb, "inbox-count", 1), "Én ulest melding.");
        assert_eq!(TEXTS.tn(Language::Nn, "inbox-count", 7), "7 ulesne meldingar.");
        assert_eq!(TEXTS.ta(Language::En, "from", &[("sender", "Skatteetaten")]), "From Skatteetaten");
    }
}
