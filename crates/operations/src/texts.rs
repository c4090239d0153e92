//! What the pages say.

use std::sync::LazyLock;
use words::Texts;

const SOURCES: [&str; 3] = [
    include_str!("../i18n/nb/operations.ftl"),
    include_str!("../i18n/nn/operations.ftl"),
    include_str!("../i18n/en/operations.ftl"),
];

pub static TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::new(SOURCES));

#[cfg(test)]
mod tests {
    #[test]
    fn every_language_is_complete_and_every_text_is_used() {
        testkit::assert_texts(super::SOURCES, concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    }
}
