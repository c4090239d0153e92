//! Making of keys, for operators. Nothing on a request's path makes keys.

use crate::encoding::encode;
use crate::{Error, Result};
use aws_lc_rs::encoding::{AsBigEndian, AsDer, Curve25519SeedBin};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RsaKeyPair};
use base64::Engine;
use serde_json::{Value, json};

/// What a key signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with 2048 bits: RS256.
    Rsa,
    /// Ed25519: EdDSA.
    Ed25519,
}

/// A new RSA key of 2048, 3072 or 4096 bits as PKCS #8 in PEM.
pub fn generate_rsa(bits: u32) -> Result<String> {
    let size = match bits {
        2048 => KeySize::Rsa2048,
        3072 => KeySize::Rsa3072,
        4096 => KeySize::Rsa4096,
        _ => return Err(Error::Key("an RSA key has 2048, 3072 or 4096 bits")),
    };
    let pair = RsaKeyPair::generate(size).map_err(|_| NOT_MADE)?;
    Ok(pem(pair.as_der().map_err(|_| NOT_MADE)?.as_ref()))
}

/// A new key as a private JWK, called by its thumbprint.
pub fn generate_jwk(kind: KeyKind) -> Result<Value> {
    let mut jwk = match kind {
        KeyKind::Rsa => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| NOT_MADE)?;
            rsa_jwk(pair.as_der().map_err(|_| NOT_MADE)?.as_ref())?
        }
        KeyKind::Ed25519 => {
            let pair = Ed25519KeyPair::generate().map_err(|_| NOT_MADE)?;
            let seed = pair.seed().map_err(|_| NOT_MADE)?;
            let seed: Curve25519SeedBin<'_> = seed.as_be_bytes().map_err(|_| NOT_MADE)?;
            json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA",
                "x": encode(pair.public_key().as_ref()), "d": encode(seed.as_ref())})
        }
    };
    jwk["use"] = json!("sig");
    jwk["kid"] = json!("new");
    let kid = crate::PublicKey::from_jwk(&jwk)?.thumbprint();
    jwk["kid"] = json!(kid);
    Ok(jwk)
}

const NOT_MADE: Error = Error::Key("the key could not be made");

fn pem(der: &[u8]) -> String {
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for (at, character) in body.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str("\n-----END PRIVATE KEY-----\n");
    pem
}

/// The members of an RSA key that was made just now, from its PKCS #8 form: the outer sequence holds a version, the
/// algorithm and, in an octet string, RFC 8017's sequence of version, n, e, d, p, q, dp, dq and qi.
fn rsa_jwk(pkcs8: &[u8]) -> Result<Value> {
    let (outer, _) = element(pkcs8, 0x30)?;
    let (_version, rest) = element(outer, 0x02)?;
    let (_algorithm, rest) = element(rest, 0x30)?;
    let (inner, _) = element(rest, 0x04)?;
    let (mut numbers, _) = element(inner, 0x30)?;
    let mut jwk = json!({"kty": "RSA", "alg": "RS256"});
    for name in ["", "n", "e", "d", "p", "q", "dp", "dq", "qi"] {
        let (number, rest) = element(numbers, 0x02)?;
        numbers = rest;
        if !name.is_empty() {
            // A leading zero says that the number is positive, which a JWK does not.
            jwk[name] = json!(encode(number.strip_prefix(&[0]).unwrap_or(number)));
        }
    }
    Ok(jwk)
}

/// One DER element with this tag: its content, and what follows it.
fn element(der: &[u8], tag: u8) -> Result<(&[u8], &[u8])> {
    let read = || {
        let (found, rest) = der.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match *first {
            short @ 0..=0x7f => (usize::from(short), rest),
            long @ 0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        (*found == tag).then(|| rest.split_at_checked(length)).flatten()
    };
    read().ok_or(NOT_MADE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeySet;

    #[test]
    fn generated_keys_read_back_and_sign() {
        for (kind, alg) in [(KeyKind::Rsa, "RS256"), (KeyKind::Ed25519, "EdDSA")] {
            let jwk = generate_jwk(kind).unwrap();
            let keys = KeySet::from_private_jwks(&jwk.to_string()).unwrap();
            let token = keys.sign(&json!({"iss": "i"})).unwrap();
            let read = crate::Unverified::parse(&token, crate::MAX_TOKEN_BYTES).unwrap();
            assert_eq!(
                (read.header().alg.as_str(), read.header().kid.as_deref()),
                (alg, jwk["kid"].as_str())
            );
            read.check_signature(&keys.public_keys().keys()[0]).unwrap();
        }
    }

    #[test]
    fn broken_der_is_an_error() {
        let pem = generate_rsa(2048).unwrap();
        let der = crate::keyset::der_of_pem(&pem).unwrap();
        assert!(rsa_jwk(&der).is_ok());
        for length in 0..der.len() {
            assert!(rsa_jwk(&der[..length]).is_err());
        }
    }
}
