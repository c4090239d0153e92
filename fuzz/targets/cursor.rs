//! Page cursors that clients send back: never a panic, and what decodes encodes to the same text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(cursor) = db::cursor::decode("list", text) {
        assert_eq!(db::cursor::encode("list", cursor.values()).expect("what we read we write"), text);
    }
});
