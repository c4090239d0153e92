//! Signing keys of the issuers that this server is, and the secret behind its digests.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use config::Config;
use jose::KeySet;
use std::collections::HashMap;

/// The server's own keys.
#[derive(Debug)]
pub struct Keys {
    /// Maskinporten's.
    pub maskinporten: KeySet,
    /// ID-porten's.
    pub idporten: KeySet,
    /// Altinn's.
    pub altinn: KeySet,
    /// Dialogporten's (Ed25519, for dialog tokens).
    pub dialogporten: KeySet,
    pepper: hmac::Key,
}

/// Why the keys could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A key file could not be read.
    #[error("{path}: {source}")]
    Read {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A key file holds no usable key.
    #[error("{path}: {reason}")]
    Invalid {
        /// Which file.
        path: String,
        /// Why.
        reason: String,
    },
}

/// The sandbox's pepper is public, as its keys are.
const SANDBOX_PEPPER: &[u8] = b"allting sandbox pepper, public, refused in production";

impl Keys {
    /// Loads the files that the configuration names; an empty name means the public sandbox key, in the sandbox only
    /// (`Config::load` has refused it in production).
    pub fn load(config: &Config) -> Result<Self, KeysError> {
        let pepper = if config.keys.pepper.is_empty() {
            SANDBOX_PEPPER.to_vec()
        } else {
            let bytes = read(&config.keys.pepper)?;
            if bytes.len() < 32 {
                let reason = "needs at least 32 bytes".to_owned();
                return Err(KeysError::Invalid { path: config.keys.pepper.clone(), reason });
            }
            bytes
        };
        let keys = Self {
            maskinporten: key_set(config, &config.keys.maskinporten, jose::sandbox::maskinporten)?,
            idporten: key_set(config, &config.keys.idporten, jose::sandbox::idporten)?,
            altinn: key_set(config, &config.keys.altinn, jose::sandbox::altinn)?,
            dialogporten: key_set(config, &config.keys.dialogporten, jose::sandbox::dialogporten)?,
            pepper: hmac::Key::new(hmac::HMAC_SHA256, &pepper),
        };
        keys.are_apart()?;
        Ok(keys)
    }

    /// No two issuers share a key: a token is known by the key that signed it, whatever it says of its issuer.
    fn are_apart(&self) -> Result<(), KeysError> {
        let mut owners = HashMap::new();
        let sets = [&self.maskinporten, &self.idporten, &self.altinn, &self.dialogporten];
        for (name, set) in
            ["keys.maskinporten", "keys.idporten", "keys.altinn", "keys.dialogporten"].into_iter().zip(sets)
        {
            for key in set.public_keys().keys() {
                if let Some(other) = owners.insert(key.thumbprint(), name).filter(|other| *other != name) {
                    let reason = format!("the same key as in {other}; each issuer needs its own");
                    return Err(KeysError::Invalid { path: name.to_owned(), reason });
                }
            }
        }
        Ok(())
    }

    /// Keyed digest of `value` for one `purpose`, as base64url: what is stored or shown in place of a secret.
    pub fn digest(&self, purpose: &str, value: &str) -> String {
        let mut context = hmac::Context::with_key(&self.pepper);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(value.as_bytes());
        URL_SAFE_NO_PAD.encode(context.sign())
    }

    /// Is `claimed` the digest of `value`; takes the same time whatever the answer.
    pub fn digest_matches(&self, purpose: &str, value: &str, claimed: &str) -> bool {
        same_secret(&self.digest(purpose, value), claimed)
    }
}

/// Compares secrets in constant time.
pub fn same_secret(a: &str, b: &str) -> bool {
    constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

fn key_set<E: std::fmt::Display>(
    config: &Config,
    path: &str,
    sandbox: fn() -> Result<KeySet, E>,
) -> Result<KeySet, KeysError> {
    if path.is_empty() {
        return sandbox()
            .map_err(|e| KeysError::Invalid { path: "sandbox key".into(), reason: e.to_string() });
    }
    let text = String::from_utf8_lossy(&read(path)?).into_owned();
    let invalid = |reason: String| KeysError::Invalid { path: path.to_owned(), reason };
    let keys = if text.trim_start().starts_with("-----BEGIN") {
        KeySet::from_pem(&text, None)
    } else {
        KeySet::from_private_jwks(&text)
    };
    let keys = keys.map_err(|e| invalid(e.to_string()))?;
    if !config.is_sandbox() && keys.is_sandbox() {
        return Err(invalid("this is a public sandbox key; production needs its own".into()));
    }
    Ok(keys)
}

fn read(path: &str) -> Result<Vec<u8>, KeysError> {
    std::fs::read(path).map_err(|source| KeysError::Read { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_do_not_share_keys() {
        let config = Config::load(None, std::iter::empty(), &vec![]).unwrap();
        let mut keys = Keys::load(&config).unwrap();
        keys.dialogporten = keys.altinn.clone();
        assert!(keys.are_apart().unwrap_err().to_string().contains("the same key as in keys.altinn"));
    }
}
