//! Tokens, key sets and key files: never a panic, and nothing that we did not sign is ever taken for signed.
#![no_main]

use jose::{Jwks, KeySet, MAX_TOKEN_BYTES, PublicKey, Unverified, VerifyOptions};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use std::time::Duration;

static KEYS: LazyLock<KeySet> = LazyLock::new(|| jose::sandbox::maskinporten().expect("the sandbox's keys"));
static SIGNED: LazyLock<String> = LazyLock::new(|| {
    let claims = serde_json::json!({ "iss": "https://a.example/", "exp": 1_800_000_000, "scope": "a:b" });
    KEYS.sign(&claims).expect("signing")
});

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let options = VerifyOptions {
        issuer: "https://a.example/",
        leeway: Duration::from_secs(10),
        now: jiff::Timestamp::from_second(1_790_000_000).expect("a time"),
    };
    // Our own token with the input in the place of one of its parts, so that the signature check is reached.
    let parts: Vec<&str> = SIGNED.split('.').collect();
    let spliced = [
        text.to_owned(),
        format!("{text}.{}.{}", parts[1], parts[2]),
        format!("{}.{text}.{}", parts[0], parts[2]),
        format!("{}.{}.{text}", parts[0], parts[1]),
    ];
    for token in &spliced {
        if let Ok(unverified) = Unverified::parse(token, MAX_TOKEN_BYTES) {
            let _ = unverified.header().algorithm();
        }
        assert!(KEYS.verify(token, &options).is_err() || token == &*SIGNED, "taken for signed: {token}");
    }
    if let Ok(value) = serde_json::from_str(text) {
        let _ = PublicKey::from_jwk(&value);
        let _ = Jwks::from_client(&value);
        if let Ok(jwks) = Jwks::from_value(&value) {
            let again = Jwks::from_value(&jwks.to_value()).expect("what we write we read");
            assert_eq!(again.to_value(), jwks.to_value());
        }
    }
    let _ = KeySet::from_private_jwks(text);
    let _ = KeySet::from_pem(text, None);
});
