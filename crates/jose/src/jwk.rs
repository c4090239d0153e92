//! Public keys: parsed once, then used for every token.

use crate::encoding::{decode, encode};
use crate::token::{MAX_TOKEN_BYTES, Unverified, VerifyOptions};
use crate::{Claims, Error, Result};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt;

/// The most keys a client may register.
const MAX_CLIENT_KEYS: usize = 5;

/// A public key, ready to verify with.
#[derive(Clone)]
pub struct PublicKey {
    kid: String,
    material: Material,
    /// The only algorithm, when the JWK names one.
    algorithm: Option<Algorithm>,
    x5t: Option<String>,
    decoding: DecodingKey,
}

#[derive(Clone)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Ed25519 { x: Vec<u8> },
}

impl PublicKey {
    /// Reads a public JWK: RSA of at least 2048 bits, or Ed25519. Private members are not read.
    pub fn from_jwk(jwk: &Value) -> Result<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| {
            text(name).and_then(|part| decode(part).ok()).ok_or(Error::Key("a member of the key is missing"))
        };
        let kid = text("kid").filter(|kid| !kid.is_empty()).ok_or(Error::Key("kid is missing"))?;
        if text("use").is_some_and(|usage| usage != "sig") {
            return Err(Error::Key("use is not sig"));
        }
        let algorithm = match text("alg") {
            None => None,
            Some("RS256") => Some(Algorithm::RS256),
            Some("RS384") => Some(Algorithm::RS384),
            Some("RS512") => Some(Algorithm::RS512),
            Some("EdDSA") => Some(Algorithm::EdDSA),
            Some(_) => return Err(Error::Key("alg is not RS256, RS384, RS512 or EdDSA")),
        };
        let key = match text("kty") {
            Some("RSA") => Self::rsa(kid, &bytes("n")?, &bytes("e")?)?,
            Some("OKP") if text("crv") == Some("Ed25519") => Self::ed25519(kid, &bytes("x")?)?,
            _ => return Err(Error::Key("kty is not RSA or OKP with Ed25519")),
        };
        let key = Self { algorithm, x5t: text("x5t").map(str::to_owned), ..key };
        match algorithm {
            Some(algorithm) if !key.family_allows(algorithm) => Err(Error::Key("alg does not fit kty")),
            _ => Ok(key),
        }
    }

    pub(crate) fn rsa(kid: &str, n: &[u8], e: &[u8]) -> Result<Self> {
        let strip = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
        let (n, e) = (strip(n), strip(e));
        let bits = n.len() * 8 - n.first().map_or(0, |first| first.leading_zeros() as usize);
        if !(2048..=8192).contains(&bits) {
            return Err(Error::Key("the RSA modulus must have 2048 to 8192 bits"));
        }
        if e.len() > 4 || e.last().is_none_or(|last| last % 2 == 0) || e == [1] {
            return Err(Error::Key("the RSA exponent is not usable"));
        }
        let decoding = DecodingKey::from_rsa_raw_components(&n, &e);
        Ok(Self {
            kid: kid.to_owned(),
            material: Material::Rsa { n, e },
            algorithm: None,
            x5t: None,
            decoding,
        })
    }

    pub(crate) fn ed25519(kid: &str, x: &[u8]) -> Result<Self> {
        if x.len() != 32 {
            return Err(Error::Key("an Ed25519 key has 32 bytes"));
        }
        let decoding = DecodingKey::from_ed_der(x);
        let material = Material::Ed25519 { x: x.to_vec() };
        Ok(Self { kid: kid.to_owned(), material, algorithm: Some(Algorithm::EdDSA), x5t: None, decoding })
    }

    pub(crate) fn with(self, algorithm: Algorithm, x5t: Option<String>) -> Self {
        Self { algorithm: Some(algorithm), x5t, ..self }
    }

    pub(crate) fn with_kid(self, kid: String) -> Self {
        Self { kid, ..self }
    }

    /// Key id.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// SHA-256 thumbprint (RFC 7638): what the key is, whatever it is called.
    pub fn thumbprint(&self) -> String {
        // RFC 7638 demands exactly this member order and no white space.
        let canonical = match &self.material {
            Material::Rsa { n, e } => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, encode(e), encode(n)),
            Material::Ed25519 { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(x)),
        };
        encode(Sha256::digest(canonical))
    }

    /// The public JWK.
    pub fn to_jwk(&self) -> Value {
        let mut jwk = match &self.material {
            Material::Rsa { n, e } => json!({"kty": "RSA", "n": encode(n), "e": encode(e)}),
            Material::Ed25519 { x } => json!({"kty": "OKP", "crv": "Ed25519", "x": encode(x)}),
        };
        jwk["use"] = json!("sig");
        jwk["kid"] = json!(self.kid);
        if let Some(algorithm) = self.algorithm {
            jwk["alg"] = json!(algorithm_name(algorithm));
        }
        if let Some(x5t) = &self.x5t {
            jwk["x5t"] = json!(x5t);
        }
        jwk
    }

    /// The algorithm that the key's owner signs with.
    pub fn algorithm_name(&self) -> &'static str {
        let family = if matches!(self.material, Material::Ed25519 { .. }) {
            Algorithm::EdDSA
        } else {
            Algorithm::RS256
        };
        algorithm_name(self.algorithm.unwrap_or(family))
    }

    pub(crate) fn allows(&self, algorithm: Algorithm) -> bool {
        self.family_allows(algorithm) && self.algorithm.is_none_or(|only| only == algorithm)
    }

    fn family_allows(&self, algorithm: Algorithm) -> bool {
        let is_ed = algorithm == Algorithm::EdDSA;
        matches!(self.material, Material::Ed25519 { .. }) == is_ed
    }

    pub(crate) fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    pub(crate) fn x5t(&self) -> Option<&str> {
        self.x5t.as_deref()
    }
}

pub(crate) fn algorithm_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::RS384 => "RS384",
        Algorithm::RS512 => "RS512",
        Algorithm::EdDSA => "EdDSA",
        _ => "RS256",
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kid)
    }
}

/// A set of public keys.
#[derive(Debug, Clone, Default)]
pub struct Jwks(Vec<PublicKey>);

impl Jwks {
    /// A set of these keys.
    pub fn new(keys: Vec<PublicKey>) -> Self {
        Self(keys)
    }

    /// Reads `{"keys":[…]}` of an issuer. Keys of other kinds are skipped, since issuers publish encryption keys too.
    pub fn from_value(jwks: &Value) -> Result<Self> {
        Ok(Self(members(jwks)?.iter().filter_map(|jwk| PublicKey::from_jwk(jwk).ok()).collect()))
    }

    /// Reads the keys that a client registers: one to five RSA keys for signing, each with its own `kid` of letters,
    /// digits and `._-`, without private members.
    pub fn from_client(jwks: &Value) -> Result<Self> {
        let keys = members(jwks)?;
        if keys.is_empty() || keys.len() > MAX_CLIENT_KEYS {
            return Err(Error::Key("a client has one to five keys"));
        }
        let mut read: Vec<PublicKey> = Vec::with_capacity(keys.len());
        for jwk in keys {
            if ["d", "p", "q", "k"].iter().any(|private| jwk.get(private).is_some()) {
                return Err(Error::Key("the key holds private members"));
            }
            let key = PublicKey::from_jwk(jwk)?;
            if !matches!(key.material, Material::Rsa { .. }) {
                return Err(Error::Key("kty is not RSA"));
            }
            if key.kid.len() > 255
                || !key.kid.bytes().all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c))
            {
                return Err(Error::Key("kid may hold letters, digits and ._- only"));
            }
            if read.iter().any(|earlier| earlier.kid == key.kid) {
                return Err(Error::Key("kid is used twice"));
            }
            read.push(key);
        }
        Ok(Self(read))
    }

    /// The key with this id.
    pub fn find(&self, kid: &str) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.kid == kid)
    }

    /// All keys.
    pub fn keys(&self) -> &[PublicKey] {
        &self.0
    }

    /// `{"keys":[…]}` for publication.
    pub fn to_value(&self) -> Value {
        json!({"keys": self.0.iter().map(PublicKey::to_jwk).collect::<Vec<_>>()})
    }

    /// The claims of a token that one of the keys signed, named by `kid`.
    pub fn verify(&self, token: &str, options: &VerifyOptions<'_>) -> Result<Claims> {
        let token = Unverified::parse(token, MAX_TOKEN_BYTES)?;
        token.header().algorithm()?;
        let key = token.header().kid.as_deref().and_then(|kid| self.find(kid)).ok_or(Error::UnknownKey)?;
        token.verify(key, options)
    }
}

fn members(jwks: &Value) -> Result<&Vec<Value>> {
    jwks.get("keys").and_then(Value::as_array).ok_or(Error::Key("a key set is an object with keys"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox;

    fn vendor_jwk() -> Value {
        sandbox::vendor().unwrap().jwks()["keys"][0].clone()
    }

    fn refused(change: impl FnOnce(&mut Value)) -> Option<Error> {
        let mut jwk = vendor_jwk();
        change(&mut jwk);
        Jwks::from_client(&json!({"keys": [jwk]})).err()
    }

    #[test]
    fn client_keys_follow_the_rules() {
        assert_eq!(refused(|_| ()), None);
        assert_eq!(
            refused(|jwk| jwk["kid"] = json!("a b")),
            Some(Error::Key("kid may hold letters, digits and ._- only"))
        );
        assert_eq!(refused(|jwk| jwk["d"] = json!("AA")), Some(Error::Key("the key holds private members")));
        assert_eq!(refused(|jwk| jwk["use"] = json!("enc")), Some(Error::Key("use is not sig")));
        assert_eq!(
            refused(|jwk| jwk["alg"] = json!("HS256")),
            Some(Error::Key("alg is not RS256, RS384, RS512 or EdDSA"))
        );
        assert_eq!(refused(|jwk| jwk["alg"] = json!("EdDSA")), Some(Error::Key("alg does not fit kty")));
        assert_eq!(refused(|jwk| jwk["e"] = json!("AQ")), Some(Error::Key("the RSA exponent is not usable")));
        assert_eq!(
            refused(|jwk| jwk["n"] = json!(encode([0xff; 128]))),
            Some(Error::Key("the RSA modulus must have 2048 to 8192 bits"))
        );
        assert_eq!(
            Jwks::from_client(&json!({"keys": [vendor_jwk(), vendor_jwk()]})).err(),
            Some(Error::Key("kid is used twice"))
        );
        assert_eq!(
            Jwks::from_client(&json!({"keys": []})).err(),
            Some(Error::Key("a client has one to five keys"))
        );
        let ed = sandbox::dialogporten().unwrap().jwks();
        assert_eq!(Jwks::from_client(&ed).err(), Some(Error::Key("kty is not RSA")));
    }

    #[test]
    fn a_published_set_reads_back() {
        for keys in [sandbox::altinn().unwrap(), sandbox::dialogporten().unwrap()] {
            let published = keys.jwks();
            let read = Jwks::from_value(&published).unwrap();
            assert_eq!(read.to_value(), published);
            assert!(!published.to_string().contains("\"d\""));
        }
    }

    #[test]
    fn thumbprint_of_the_standard() {
        // The example of RFC 7638, section 3.1.
        let jwk = json!({"kty": "RSA", "alg": "RS256", "kid": "2011-04-29", "e": "AQAB", "n": concat!(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiF",
            "V4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9",
            "c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1",
            "jF44-csFCur-kEgU8awapJzKnqDKgw")});
        assert_eq!(
            PublicKey::from_jwk(&jwk).unwrap().thumbprint(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }
}
