//! The sandbox's keys. They are public: anyone can sign with them, so a production installation must refuse them.

use crate::{KeySet, PublicKey, Result};
use std::sync::LazyLock;

const MASKINPORTEN: &str = include_str!("../sandbox-keys/maskinporten.jwk.json");
const IDPORTEN: &str = include_str!("../sandbox-keys/idporten.jwk.json");
const ALTINN: &str = include_str!("../sandbox-keys/altinn.jwk.json");
const DIALOGPORTEN: &str = include_str!("../sandbox-keys/dialogporten.jwk.json");
const VENDOR: &str = include_str!("../sandbox-keys/vendor.jwk.json");

static THUMBPRINTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    [MASKINPORTEN, IDPORTEN, ALTINN, DIALOGPORTEN, VENDOR]
        .into_iter()
        .filter_map(|json| KeySet::from_private_jwks(json).ok())
        .flat_map(|keys| keys.public_keys().keys().iter().map(PublicKey::thumbprint).collect::<Vec<_>>())
        .collect()
});

/// Signs Maskinporten tokens.
pub fn maskinporten() -> Result<KeySet> {
    KeySet::from_private_jwks(MASKINPORTEN)
}

/// Signs ID-porten tokens.
pub fn idporten() -> Result<KeySet> {
    KeySet::from_private_jwks(IDPORTEN)
}

/// Signs Altinn platform tokens; the header has `typ` and `x5t`.
pub fn altinn() -> Result<KeySet> {
    KeySet::from_private_jwks(ALTINN)?.with_typ("JWT")
}

/// Signs dialog tokens (Ed25519); a second key is published, as in the real service.
pub fn dialogporten() -> Result<KeySet> {
    KeySet::from_private_jwks(DIALOGPORTEN)?.with_typ("JWT")
}

/// Signs the grants of the sandbox's vendor.
pub fn vendor() -> Result<KeySet> {
    KeySet::from_private_jwks(VENDOR)
}

/// Whether a key is one of these, whatever it is called.
pub fn is_sandbox_key(key: &PublicKey) -> bool {
    THUMBPRINTS.contains(&key.thumbprint())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_sandbox_key_is_known_as_one() {
        assert_eq!(THUMBPRINTS.len(), 6);
        for keys in [maskinporten(), idporten(), altinn(), dialogporten(), vendor()] {
            for key in keys.unwrap().public_keys().keys() {
                assert!(is_sandbox_key(key));
                let mut renamed = key.to_jwk();
                renamed["kid"] = json!("other");
                assert!(is_sandbox_key(&PublicKey::from_jwk(&renamed).unwrap()));
            }
        }
        let own = KeySet::from_pem(&crate::generate_rsa(2048).unwrap(), None).unwrap();
        assert!(!is_sandbox_key(&own.public_keys().keys()[0]));
    }
}
