//! Population files: never a panic, and a document that was read is written to one that reads the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use population::Document;

fuzz_target!(|data: &[u8]| {
    if let Ok(document) = Document::parse(data) {
        let again = Document::parse(document.to_json().as_bytes()).expect("what we write we read");
        assert_eq!(again, document);
    }
});
